// The scenarios of the detector (S3) and the faults of the book writer (S2), each with a real Python script or a real module in processes of their own,
// all on one Holdfast. What counts on the example apps is tested with them.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import { defineJob, type Holdfast, type Job, openHoldfast } from 'holdfast'
import { stalledWords } from '../../src/core/stall-words.ts'
import { temporaryFolder, until } from '../contract/temporary.ts'
import { detector, python } from '../python/scripts.ts'

interface Film {
  frames?: number
  frameMs?: number
  every?: number
  failAt?: number
  hangAt?: number
  index?: string
  /** A file that the film is read from; the detector fails without it. */
  video?: string
}

const stallAfterMs = 2_000
const slow = { firstHeartbeatWithinMs: 60_000, stopGraceMs: 300 }
const detect = (kind: string, options = {}) =>
  defineJob<Film>({
    kind,
    command: [python, detector],
    artifacts: ['faces'],
    unique: (film) => JSON.stringify(film),
    stallAfterMs,
    heartbeats: 'explicit',
    ...slow,
    ...options,
  })
const moduleFile = (name: string) => new URL(`./${name}`, import.meta.url)

const kinds = [
  detect('detect'),
  detect('plain', { artifacts: [] }),
  defineJob<Film>({ kind: 'open', command: ({ video = '' }) => [python, '-c', `print("opening")\nopen(${JSON.stringify(video)}).read()`] }),
  detect('declared', { artifacts: [], onStall: 'cancel', stallLimitMs: 3_000 }),
  defineJob({
    kind: 'counts-on',
    module: moduleFile('counts-on.ts'),
    stallAfterMs,
    ...slow,
    onStall: 'retry',
    stallLimitMs: 3_000,
    retry: { attempts: 2, delayMs: 0, resume: true },
  }),
  defineJob({ kind: 'mute', command: ['sleep', '1000'], stallAfterMs: 60_000, firstHeartbeatWithinMs: 1_500, stopGraceMs: 200 }),
  defineJob({
    kind: 'eats',
    command: [python, '-c', 'import time\nhoard = []\nwhile True:\n  hoard.append(b"x" * 8_000_000)\n  time.sleep(0.01)'],
    limits: { memoryBytes: 128 * 1_048_576 },
    unique: true,
    onStall: 'cancel',
    stallAfterMs: 60_000,
  }),
]

describe('scenarios', { concurrency: 6 }, () => {
  let opened: Promise<Holdfast> | null = null
  const holdfast = () => {
    opened ??= openHoldfast({ data: join(data, 'data'), kinds, runner: { slots: 20 }, logger: { info() {}, warn() {}, error() {} } })
    return opened
  }
  after(async () => {
    const instance = await holdfast()
    await instance.cancelMany({})
    const left = async () => (await instance.list({ state: ['queued', 'running', 'stopping'] })).jobs.length
    await until('all are stopped', async () => (await left()) === 0, 30_000)
    await instance.close()
  })
  // Made last, so that it is removed last.
  const data = temporaryFolder('scenarios')

  async function started(kind: string, film: Film = {}): Promise<number> {
    const { job, created } = await (await holdfast()).submit(kind, film)
    assert.ok(created, 'a new start is possible')
    return job.id
  }

  async function jobWhen(id: number, what: string, is: (job: Job) => boolean): Promise<Job> {
    const instance = await holdfast()
    const look = async () => {
      const job = await instance.get(id)
      return job && is(job) ? job : null
    }
    try {
      return await until(`${what}, job ${id}`, look, 60_000)
    } catch (error) {
      throw new Error(`${error}: ${JSON.stringify(await instance.get(id))}`)
    }
  }

  const ended = (id: number) => jobWhen(id, 'its end', ({ finishedAt }) => finishedAt !== null)
  const stalled = (id: number) => jobWhen(id, 'stalled', (job) => job.flags.includes('stalled') && job.stalled?.process !== null)
  const textOf = async (id: number) =>
    (await (await holdfast()).log(id, { stream: ['stdout'], limit: 5_000 })).lines.map(({ text }) => text)

  async function pidOf(id: number): Promise<number> {
    const instance = await holdfast()
    return until('its process', async () => (await instance.detail(id))?.history.at(-1)?.pid)
  }

  // The shim's group: the shim and all that it started, as when somebody kills the worker or the kernel does.
  async function killed(id: number): Promise<void> {
    process.kill(-(await pidOf(id)), 'SIGKILL')
  }

  const past = (id: number, frame: number) => jobWhen(id, `frame ${frame}`, ({ progress }) => (progress?.done ?? 0) >= frame)

  test('S3.3: it beats with a sequence number, also in its log, and the last sign of life is known', async () => {
    const id = await started('plain', { frames: 120, frameMs: 20, every: 20 })
    const first = await jobWhen(id, 'a beat', ({ heartbeatAt }) => heartbeatAt !== null)
    assert.match(readFileSync(join(attemptsOf(id)[0] ?? '', 'events'), 'utf8'), /"heartbeat": ?\{"seq": ?20\}/)
    const later = await jobWhen(id, 'a later beat', ({ heartbeatAt }) => (heartbeatAt ?? 0) > (first.heartbeatAt ?? 0))
    assert.ok((later.heartbeatAt ?? 0) <= Date.now())
    const { done, total, unit } = (await past(id, 80)).progress ?? assert.fail()
    assert.deepEqual([(done ?? 0) >= 80, total, unit], [true, 120, 'frames'])
    const job = await ended(id)
    assert.deepEqual([job.state, (job.result as { frames: number }).frames], ['succeeded', 120])
    const beats = (await textOf(id)).filter((line) => /^frame \d+: \d+ faces$/.test(line))
    assert.equal(beats.length, 6)
  })

  test('S3.4 I3: stalled after its limit and only then; resume of what is silent but lives stops it first', async () => {
    const id = await started('plain', { frames: 100, frameMs: 2, every: 10, hangAt: 57 })
    const silent = await stalled(id)
    assert.equal(silent.state, 'running', 'a warning, no verdict')
    assert.ok(silent.stalled!.silentMs >= stallAfterMs)
    assert.match(stalledWords(silent.stalled!), /^(alive|busy), \d+ % CPU, no heartbeat for \d+ s; last line: frame 50: \d+ faces$/)
    const instance = await holdfast()
    const kept = await instance.keepWaiting(id, { by: 'ana' })
    assert.deepEqual(kept.flags, [])
    await stalled(id)
    const pid = await pidOf(id)
    await instance.resume(id, { by: 'ana' })
    await jobWhen(id, 'its second attempt', ({ attempts, state }) => attempts === 2 && state === 'running')
    assert.equal(livesGroup(pid), false, 'the first tree was gone before the second began')
    await until('it went on from the checkpoint', async () => (await textOf(id)).includes('detector: 100 frames from 57'))
    // It hangs again, at the same frame. Cancelled it is gone, and the way is free.
    const second = await pidOf(id)
    await instance.cancel(id, { by: 'ana' })
    assert.equal((await ended(id)).state, 'cancelled')
    assert.equal(livesGroup(second), false)
    await instance.cancel(await started('plain', { frames: 100, frameMs: 2, every: 10, hangAt: 57 }))
  })

  test('S3.4 I10: a job in one long frame is not called dead', async () => {
    const id = await started('plain', { frames: 2, frameMs: 2_600, every: 1 })
    const job = await ended(id)
    assert.deepEqual([job.state, job.attempts], ['succeeded', 1])
    const system = (await (await holdfast()).log(id, { stream: ['system'] })).lines.map(({ text }) => text)
    assert.ok(
      system.every((line) => !/kill|stopped|failed/.test(line)),
      system.join('; '),
    )
  })

  test('S3.6 S2.8 I9: its worker killed: interrupted; resumed it goes on from the last saved frame, and ends byte for byte as one that was let alone', async () => {
    const film = { frames: 300, frameMs: 5, every: 25, index: 'faces' }
    const alone = await ended(await started('detect', { ...film, frameMs: 0 }))
    const wanted = await snapshotOf(alone.id)
    const id = await started('detect', film)
    await past(id, 110)
    await killed(id)
    const job = await ended(id)
    assert.deepEqual([job.state, job.failure?.kind, job.failure?.phase], ['interrupted', 'interrupted', 'Detect'])
    assert.match(job.failure?.message ?? '', /^its processes disappeared without an exit code$/)
    assert.deepEqual(await snapshotOf(id), null, 'nothing of it was published')
    await (await holdfast()).resume(id)
    const resumed = await ended(id)
    const { first, ...found } = resumed.result as { first: number }
    assert.deepEqual([resumed.state, resumed.attempts], ['succeeded', 2])
    assert.ok(first >= 100 && first % 25 === 0, `from frame ${first}`)
    assert.deepEqual({ ...found, first: 0 }, alone.result)
    assert.deepEqual(await snapshotOf(id), wanted)
  })

  test('S3.7: a stalled job whose worker dies is told so, and cancelling it leaves the way free', async () => {
    const film = { frames: 50, frameMs: 2, every: 10, hangAt: 33 }
    const id = await started('plain', film)
    await stalled(id)
    await killed(id)
    const job = await ended(id)
    assert.deepEqual([job.state, job.failure?.kind, job.flags, job.stalled], ['interrupted', 'interrupted', [], null])
    assert.equal((await (await holdfast()).cancel(id)).state, 'interrupted', 'what is settled stays so')
    await (await holdfast()).cancel(await started('plain', film))
  })

  test('S3.7: a bad path fails with its line and can be retried', async () => {
    const video = join(data, 'episode-1.mkv')
    const id = await started('open', { video })
    const failed = await ended(id)
    assert.deepEqual([failed.state, failed.exitCode], ['failed', 1])
    assert.match(failed.failure?.message ?? '', /No such file or directory: '.*episode-1\.mkv'/)
    writeFileSync(video, 'film')
    await (await holdfast()).retry(id)
    assert.deepEqual([(await ended(id)).state, (await ended(id)).attempts], ['succeeded', 2])
  })

  test('S2.4: a deadlock ends by itself where that is declared, with the facts; a new start is possible at once', async () => {
    const film = { frames: 50, frameMs: 2, every: 10, hangAt: 21 }
    const job = await ended(await started('declared', film))
    assert.deepEqual([job.state, job.failure?.kind, job.failure?.phase], ['failed', 'stall', 'Detect'])
    assert.match(
      job.failure?.message ?? '',
      /^Gave no sign of life: (alive|busy), \d+ % CPU, no heartbeat for \d+ s; last line: frame 20: \d+ faces$/,
    )
    await (await holdfast()).cancel(await started('declared', film))
  })

  test('S2.4: killed by SIGKILL it ends by itself, and a new start is possible at once', async () => {
    const film = { frames: 5_000, frameMs: 5, every: 10 }
    const id = await started('declared', film)
    await past(id, 10)
    await killed(id)
    assert.equal((await ended(id)).state, 'interrupted')
    await (await holdfast()).cancel(await started('declared', film))
  })

  test('S2.4: out of memory it ends by itself, in words that say so; a new start is possible at once', async () => {
    const job = await ended(await started('eats'))
    assert.equal(job.state, 'failed')
    assert.match(`${job.failure?.kind} ${job.failure?.message}`, /memory/i)
    await (await holdfast()).cancel(await started('eats'))
  })

  test('S2.4 I9: a module that hangs is tried again by itself, from its checkpoint, and ends as one that never hung', async () => {
    const job = await ended(await started('counts-on'))
    assert.deepEqual([job.state, job.attempts, job.result], ['succeeded', 2, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]])
  })

  test('S2.5 I10: what never beat has its own limit, and the wall clock alone ends nothing', async () => {
    const id = await started('mute')
    const job = await stalled(id)
    assert.deepEqual([job.heartbeatAt, job.state], [null, 'running'])
    assert.match(stalledWords(job.stalled!), /^(alive|busy), \d+ % CPU, silent for \d+ s$/)
  })

  test('S2.7 I1 I7: while another process holds the database jobs run on, and nothing that they say is lost', async () => {
    const id = await started('plain', { frames: 400, frameMs: 5, every: 10 })
    await past(id, 20)
    const other = new DatabaseSync(join(data, 'data', 'holdfast.db'), { timeout: 10_000 })
    other.exec('begin immediate')
    const before = (await (await holdfast()).get(id))?.version
    // It ends while nobody can write that down.
    await until('its exit record', () => attemptsOf(id).some((folder) => /^000/.test(readFileSync(join(folder, 'exit'), 'utf8'))), 30_000)
    assert.deepEqual([(await (await holdfast()).get(id))?.version, (await (await holdfast()).get(id))?.state], [before, 'running'])
    const trouble = async () => (await holdfast()).trouble()
    await until('the lock is told', async () => /^the database has been locked for [5-9] s$/.test((await trouble()) ?? ''), 30_000)
    other.exec('rollback')
    other.close()
    const job = await ended(id)
    await until('it is over', async () => (await trouble()) === null)
    assert.deepEqual([job.state, job.attempts, (job.result as { frames: number }).frames], ['succeeded', 1, 400])
    const lines = await textOf(id)
    assert.deepEqual(
      lines.slice(1).map((line) => line.split(':')[0]),
      Array.from({ length: 40 }, (_, index) => `frame ${(index + 1) * 10}`),
    )
  })

  function attemptsOf(id: number): string[] {
    const attempts = join(data, 'data', 'attempts')
    return readdirSync(attempts)
      .filter((name) => name.startsWith(`${id}-`))
      .map((name) => join(attempts, name))
  }

  /** What a job published, as bytes. */
  async function snapshotOf(jobId: number): Promise<Record<string, string> | null> {
    const snapshots = await (await holdfast()).artifact('faces').snapshots()
    const path = snapshots.find((snapshot) => snapshot.jobId === jobId)?.path
    if (path === undefined) return null
    return Object.fromEntries(readdirSync(path).map((file) => [file, readFileSync(join(path, file), 'hex')]))
  }
})

function livesGroup(pid: number): boolean {
  try {
    process.kill(-pid, 0)
    return true
  } catch {
    return false
  }
}
