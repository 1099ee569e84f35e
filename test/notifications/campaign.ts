// Two processes run jobs that fail and tell of them, and are killed again and again; the other side answers, refuses, hangs up or says nothing. In the end
// whoever failed was told, under one id, and nobody else. Usage: npm run test:notifications -- [--seconds=60] [--seed=1]
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Holdfast, openHoldfast } from '../../src/index.ts'
import { until } from '../contract/temporary.ts'
import { ended } from '../crash/command-line.ts'
import { seeded } from '../crash/seeded.ts'
import { openReceiver, type Received, well } from './receiver.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } } })
const random = seeded(Number(values.seed))
const program = fileURLToPath(new URL('campaign-runner.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'holdfast-notifications-'))
const data = join(folder, 'data')
const quiet = { info() {}, warn() {}, error() {} }

/** Jobs that the other side said it has heard of, with how often. */
const heard = new Map<number, number>()
const receiver = await openReceiver()
receiver.answer(answerSomehow)

const began = performance.now()
const kills = await playKills()
receiver.answer(answerWell)
const holdfast = await openHoldfast({ data, runner: true, logger: quiet })
const open = async () => (await holdfast.notifications.list()).reduce((sum, { waiting }) => sum + waiting, 0)
const rest = async () => (await open()) === 0 && (await holdfast.list({ state: ['running', 'stopping'] })).jobs.length === 0
await until('nothing waits to be told', rest, 400_000)
const failed = await failedJobs(holdfast)
const wrong = check(failed)
const [target] = await holdfast.notifications.list()
await holdfast.close()
await receiver.close()

const seconds = Math.round((performance.now() - began) / 1_000)
const twice = [...heard.values()].filter((times) => times > 1).length
console.log(
  `${failed.length} jobs failed, ${kills} kills, ${receiver.received.length} requests, ${heard.size} jobs heard of, ${twice} of them more than once`,
)
console.log(`given up ${target?.givenUp}, dropped ${target?.dropped}, ${seconds} s, seed ${values.seed}`)
for (const one of wrong) console.log(`BROKEN ${one}`)
if (wrong.length === 0) rmSync(folder, { recursive: true, force: true })
else console.log(`kept: ${folder}`)
process.exitCode = wrong.length === 0 && failed.length > 0 ? 0 : 1

async function playKills(): Promise<number> {
  const end = performance.now() + Number(values.seconds) * 1_000
  const children: (ChildProcess | null)[] = [null, null]
  let kills = 0
  const start = (index: number) => {
    const env = { ...process.env, HOLDFAST_RUNNER: 'on', ASKS: index === 0 ? '1' : '0' }
    return spawn(process.execPath, ['--conditions=holdfast-source', program, data, receiver.url], { stdio: 'inherit', env })
  }
  while (performance.now() < end) {
    for (const [index, child] of children.entries()) {
      if (child === null) children[index] = start(index)
      else if (random() < 0.35) {
        child.kill('SIGKILL')
        await ended(child)
        children[index] = null
        kills++
      }
    }
    await delay(500 + random() * 1_500)
  }
  for (const child of children)
    if (child) {
      child.kill('SIGKILL')
      await ended(child)
    }
  return kills
}

function answerSomehow(response: ServerResponse, request: IncomingMessage): void {
  const chance = random()
  if (chance < 0.6) answerWell(response, request)
  else if (chance < 0.75) response.writeHead(500).end('no')
  else if (chance < 0.85) request.socket.destroy()
  // Heard, and whoever told it never knows.
  else if (chance < 0.95) {
    note()
    request.socket.destroy()
  }
}

function answerWell(response: ServerResponse, request: IncomingMessage): void {
  note()
  well(response, request)
}

function note(): void {
  const id = jobOf(receiver.received.at(-1))
  heard.set(id, (heard.get(id) ?? 0) + 1)
}

function jobOf(received: Received | undefined): number {
  return (received?.body.job as { id: number } | undefined)?.id ?? 0
}

async function failedJobs(holdfast: Holdfast): Promise<number[]> {
  const ids: number[] = []
  for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null; ) {
    const page = await holdfast.list({ state: ['failed', 'interrupted'], before, limit: 200 })
    ids.push(...page.jobs.map(({ id }) => id))
    before = page.before
  }
  return ids
}

function check(failed: readonly number[]): string[] {
  const missing = failed.filter((id) => !heard.has(id)).map((id) => `job ${id} failed, and nobody heard of it`)
  const invented = [...heard.keys()].filter((id) => !failed.includes(id)).map((id) => `job ${id} did not fail, and somebody heard of it`)
  const messages = Map.groupBy(receiver.received, jobOf)
  const renamed = [...messages]
    .filter(([, all]) => new Set(all.map(({ body }) => body.id)).size > 1)
    .map(([id]) => `job ${id} was told under several ids`)
  return [...missing, ...invented, ...renamed]
}
