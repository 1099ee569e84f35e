// I1, I4, I5, I7, I8: `kill -9` of the process that is web app and runner in one, during a real rebuild. The rebuild goes on, and the next start takes it over.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Job, type JobDetail, openHoldfast } from 'holdfast'
import { until } from '../contract/temporary.ts'
import { ended } from './command-line.ts'
import { seeded } from './seeded.ts'

const rounds = Number(process.env.CRASH_ROUNDS ?? 1)
const app = fileURLToPath(new URL('../../examples/recommend/main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'holdfast-kill-app-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test(`I1 I4 I5 I7 I8: ${rounds} rebuilds whose app is killed again and again end as an undisturbed one`, {
  timeout: 1_800_000,
}, async () => {
  const random = seeded(Number(process.env.CRASH_SEED ?? 1))
  const undisturbed = await outcome(await rebuilt(join(folder, 'undisturbed'), []))
  assert.equal(undisturbed.kills, 0)
  let killsWhileRunning = 0
  for (let round = 0; round < rounds; round++) {
    const data = join(folder, `round-${round}`)
    const moments = Array.from({ length: 1 + Math.floor(random() * 3) }, () => random() * 1_200)
    const disturbed = await outcome(await rebuilt(data, moments))
    killsWhileRunning += disturbed.kills
    assert.deepEqual({ ...disturbed, kills: 0 }, undisturbed, `round ${round}, killed after ${moments.map(Math.round)} ms`)
    rmSync(data, { recursive: true, force: true })
  }
  assert.ok(killsWhileRunning > 0, 'some kill came while the rebuild ran')
})

interface Rebuilt {
  data: string
  kills: number
}

/** Starts the app, kills it so many milliseconds after its rebuild is seen to run, starts it again, and waits until the rebuild has ended. */
async function rebuilt(data: string, moments: readonly number[]): Promise<Rebuilt> {
  let kills = 0
  for (const moment of moments) {
    const running = startApp(data)
    await firstJob(data, ({ state }) => state !== 'queued')
    // The moment is the point of the test: there is no condition to wait for.
    await delay(moment)
    running.kill('SIGKILL')
    await ended(running)
    if (await isRunning(data)) kills++
  }
  const last = startApp(data)
  try {
    await firstJob(data, ({ finishedAt }) => finishedAt !== null)
  } finally {
    last.kill('SIGKILL')
    await ended(last)
  }
  return { data, kills }
}

function startApp(data: string): ChildProcess {
  return spawn(process.execPath, ['--conditions=holdfast-source', app, '--port', '0'], {
    stdio: 'ignore',
    env: { ...process.env, HOLDFAST_DATA: data, HOLDFAST_RUNNER: 'on' },
  })
}

async function isRunning(data: string): Promise<boolean> {
  const holdfast = await openHoldfast({ data, runner: false })
  const { running } = await holdfast.count()
  await holdfast.close()
  return running > 0
}

/** The rebuild, once it is as wished. */
async function firstJob(data: string, isWished: (job: Job) => boolean): Promise<void> {
  const holdfast = await openHoldfast({ data, runner: false })
  try {
    await until('the rebuild', async () => (await holdfast.list()).jobs.some(isWished), 120_000)
  } finally {
    await holdfast.close()
  }
}

/** Everything that must not depend on who was killed when. */
async function outcome({ data, kills }: Rebuilt) {
  const holdfast = await openHoldfast({ data, runner: false })
  try {
    const { jobs } = await holdfast.list()
    assert.equal(jobs.length, 1, 'one rebuild, however often the app was started')
    const job = (await holdfast.detail(jobs[0]!.id)) as JobDetail
    const lines = await wholeLog(holdfast, job.id)
    assert.deepEqual(
      lines.map(({ seq }) => seq),
      lines.map((_, index) => index + 1),
      'line numbers have no gap',
    )
    const snapshots = await holdfast.artifact('watch-index').snapshots()
    return {
      state: job.state,
      exitCode: job.exitCode,
      attempts: job.attempts,
      settledEvents: job.events.filter(({ name }) => name === 'succeeded').length,
      result: job.result,
      phases: job.progress?.phases.map(({ name }) => name),
      stdout: hash(
        lines
          .filter(({ stream }) => stream === 'stdout')
          .map(({ text }) => text)
          .join('\n'),
      ),
      stderr: hash(
        lines
          .filter(({ stream }) => stream === 'stderr')
          .map(({ text }) => text)
          .join('\n'),
      ),
      snapshots: snapshots.length,
      files: snapshots.flatMap(({ path }) =>
        readdirSync(path)
          .sort()
          .map((file) => `${file} ${hash(readFileSync(join(path, file)))}`),
      ),
      kills,
    }
  } finally {
    await holdfast.close()
  }
}

async function wholeLog(holdfast: Awaited<ReturnType<typeof openHoldfast>>, id: number) {
  const lines = []
  for (let after = 0; ; ) {
    const page = await holdfast.log(id, { after, limit: 5_000, full: true })
    lines.push(...page.lines)
    const last = page.lines.at(-1)
    if (!last) return lines
    after = last.seq
  }
}

function hash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16)
}
