// A server that is killed (-9) and started again and again on its folder and port, under twenty followers: each has every line once, in order.
// RESTARTS=50 for more than a few.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createClient, type Job, type LogLine } from '../../src/client/index.ts'
import { temporaryFolder, until } from '../contract/temporary.ts'

const restarts = Number(process.env.RESTARTS ?? 5)
const followers = 20
const folder = temporaryFolder('restarts')
const data = join(folder, 'data')
let server: ChildProcess | null = null
after(() => server?.kill('SIGKILL'))

async function start(port: number): Promise<number> {
  const program = fileURLToPath(new URL('restarts-server.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=holdfast-source', program, data, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  server = child
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the server ended with ${code}`)))
  ended.catch(() => undefined)
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string]
  return Number(/^ready (\d+)$/.exec(line)?.[1])
}

async function kill(): Promise<void> {
  const child = server
  if (!child) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

interface Follower {
  lines: LogLine[]
  jobs: Job[]
  ended: Promise<void>
}

/** Each is a client of its own, as another program would be, and has a connection of its own. */
function follow(url: string, id: number): Follower {
  const follower: Follower = { lines: [], jobs: [], ended: Promise.resolve() }
  const client = createClient({ url, retryDelaysMs: [20, 50, 100] })
  follower.ended = client.followLog(id, { onLines: (lines) => follower.lines.push(...lines), onJob: (job) => follower.jobs.push(job) })
  return follower
}

test(`I7: a server killed and started again ${restarts} times under ${followers} followers: each has every line once, in order`, async () => {
  mkdirSync(data, { recursive: true })
  const port = await start(0)
  const url = `http://127.0.0.1:${port}`
  const { job } = await createClient({ url }).submit('count')
  const all = Array.from({ length: followers }, () => follow(url, job.id))
  for (let round = 1; round <= restarts; round++) {
    // Sometimes when all of them are at it again, sometimes when the first of them is.
    const enough = 1 + ((round * 7) % followers)
    const before = all.map(({ lines }) => lines.length)
    await until(
      `${enough} followers have lines of round ${round}`,
      () => all.filter(({ lines }, index) => lines.length > (before[index] ?? 0) + round).length >= enough,
      30_000,
    )
    await kill()
    await start(port)
  }
  writeFileSync(join(data, 'gate'), '')
  await Promise.all(all.map(({ ended }) => ended))
  const { lastSeq } = await createClient({ url }).log(job.id)
  for (const { lines, jobs } of all) {
    assert.deepEqual(
      lines.map(({ seq }) => seq),
      Array.from({ length: lastSeq }, (_, index) => index + 1),
    )
    const written = lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)
    assert.equal(written.at(-1), 'last')
    assert.deepEqual(
      written.slice(0, -1),
      written.slice(0, -1).map((_, index) => `line ${index + 1}`),
    )
    assert.equal(jobs.at(-1)?.state, 'succeeded')
  }
  assert.deepEqual(all[0]?.jobs.at(-1)?.attempts, 1, 'the job was never begun anew')
  await kill()
})
