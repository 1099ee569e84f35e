// I7: pages, searches and what is not finished, read from real files through a real store, while a log grows, is shortened and is written anew.

import assert from 'node:assert/strict'
import { appendFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { temporaryFolder, until } from '../../test/contract/temporary.ts'
import { noArtifacts } from '../core/artifact.ts'
import type { LogLine } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { unlimited } from '../core/process-limits.ts'
import { detachedLauncher } from '../launch/detached.ts'
import type { Launcher } from '../launch/launcher.ts'
import { openStore } from '../store/open-store.ts'
import type { Claimed, NewJob, Store } from '../store/store.ts'
import { readWritten } from './attempt-reader.ts'
import { dataFolder } from './data-folder.ts'
import type { House } from './house.ts'
import { sealLog } from './log-gaps.ts'
import { openLogWriter } from './log-writer.ts'
import { readAround, readLog, unfinishedLines } from './read-log.ts'
import { searchLog } from './search-log.ts'
import { systemClock } from './system-clock.ts'

const root = temporaryFolder('read-log')
const place = { runnerId: 'a-runner-of-ours', hostId: 'h', bootId: 'b' }

interface Written {
  house: House
  store: Store
  launcher: Launcher
  claimed: Claimed
  folder: string
  append(stream: 'stdout' | 'stderr', bytes: Uint8Array | string): void
  path(name: string): string
}

let count = 0

/** A running attempt whose files the test writes itself. */
async function written(spec: Partial<NewJob['spec']> = {}, canPunch?: boolean): Promise<Written> {
  const folder = dataFolder(join(root, String(++count)))
  for (const path of [folder.root, folder.attempts, folder.runners]) mkdirSync(path)
  const real = detachedLauncher({ attempts: folder.attempts, runners: folder.runners, pool: join(folder.runners, 'pool'), ready: 1 })
  const facilities = async () => ({ ...(await real.facilities()), punchesHoles: canPunch ?? false })
  const launcher = canPunch === undefined ? real : { ...real, facilities }
  const store = await openStore({ folder: folder.root, database: ':memory:', clock: systemClock })
  const logger = { info() {}, warn: assert.fail, error: assert.fail }
  const closing = new AbortController().signal
  const house: House = { store, launcher, clock: systemClock, folder, place, logger, closing, random: () => 0 }
  const claimed = await store.jobs.submitClaimed({ job: jobToWrite(spec), place, now: Date.now() })
  const attempt = await launcher.prepare(claimed.attempt.folder)
  const path = (name: string) => join(attempt, name)
  return { house, store, launcher, claimed, folder: attempt, path, append: (stream, bytes) => appendFileSync(path(`${stream}.log`), bytes) }
}

function jobToWrite(spec: Partial<NewJob['spec']>): NewJob {
  const whole: NewJob['spec'] = {
    run: { type: 'command', argv: ['x'] },
    cwd: '/',
    environment: {},
    environmentFile: null,
    ...noArtifacts,
    stopGraceMs: 1,
    locks: [],
    retry: null,
    safeToRepeat: false,
    ...unlimited,
    ...spec,
  }
  const rest = { fingerprint: null, submittedBy: null, priority: 0, availableAt: 0, expireAfterMs: null, after: [], schedule: null }
  return { kind: 'written', name: null, queue: 'default', unique: null, input: null, spec: whole, ...rest }
}

async function drained({ house, claimed, folder }: Written): Promise<Claimed> {
  const writer = await openLogWriter(house, claimed, { folder, begun: null, signal: new AbortController().signal })
  return writer.drained({ keepsLast: false })
}

/** All lines, in pages of any size and in both directions, which must agree. */
async function allLines({ house, claimed }: Written, limit = 1_000): Promise<LogLine[]> {
  const jobId = claimed.job.id
  const forward: LogLine[] = []
  for (let after = 0; ; ) {
    const page = await readLog(house, { jobId, after, limit })
    forward.push(...page)
    if (page.length === 0) break
    after = page.at(-1)?.seq ?? 0
  }
  const backward: LogLine[] = []
  for (let before = 1e9; ; ) {
    const page = await readLog(house, { jobId, before, limit })
    backward.unshift(...page)
    if (page.length === 0) break
    before = page[0]?.seq ?? 0
  }
  assert.deepEqual(backward, forward)
  return forward
}

describe('pages', () => {
  test('I7: the same lines in pages of every size, from both ends, with one block a line and many lines a block', async () => {
    const job = await written()
    const writer = await openLogWriter(job.house, job.claimed, { folder: job.folder, begun: null, signal: new AbortController().signal })
    for (let round = 1; round <= 40; round++) {
      job.append(round % 3 === 0 ? 'stderr' : 'stdout', `line ${round}\n`)
      await until('it was stored', async () => ((await job.store.jobs.get({ id: 1 }))?.logLines ?? 0) >= round)
    }
    job.append('stdout', Array.from({ length: 1_000 }, (_, index) => `line ${index + 41}\n`).join(''))
    await writer.drained({ keepsLast: false })
    for (const limit of [7, 300, 1_040]) {
      const lines = await allLines(job, limit)
      assert.deepEqual(
        lines.map(({ seq, text }) => [seq, text]),
        Array.from({ length: 1_040 }, (_, index) => [index + 1, `line ${index + 1}`]),
      )
    }
  })

  test('around a number: it is in the middle, and at the ends there is what there is', async () => {
    const job = await written()
    job.append('stdout', Array.from({ length: 100 }, (_, index) => `line ${index + 1}\n`).join(''))
    await drained(job)
    const around = async (seq: number) => (await readAround(job.house, { jobId: 1, limit: 10 }, seq)).map((line) => line.seq)
    assert.deepEqual(await around(50), [45, 46, 47, 48, 49, 50, 51, 52, 53, 54])
    assert.deepEqual(await around(2), [1, 2, 3, 4, 5, 6])
    assert.deepEqual(await around(100), [91, 92, 93, 94, 95, 96, 97, 98, 99, 100])
    assert.deepEqual(await around(500), [91, 92, 93, 94, 95, 96, 97, 98, 99, 100])
  })

  test('I7: invalid UTF-8, NUL, lone CR and a byte order mark come as they are; a file that is gone says so', async () => {
    const job = await written()
    job.append('stdout', Buffer.concat([Buffer.from([0xff, 0x41, 0x0a]), Buffer.from('a\0b\n\ufeffx\ny\rz\n')]))
    await drained(job)
    const texts = async () => (await readLog(job.house, { jobId: 1, limit: 9 })).map(({ text }) => text)
    assert.deepEqual(await texts(), ['\ufffdA', 'a\0b', '\ufeffx', 'y\rz'])
    writeFileSync(job.path('stdout.log'), 'a')
    assert.deepEqual(await texts(), Array(4).fill('(gone from the log file)'))
  })

  test('bounded memory: 1 GiB without a newline is read in bounded pieces', async () => {
    const job = await written()
    const { house, claimed, folder } = job
    writeFileSync(job.path('stdout.log'), '')
    const { truncateSync } = await import('node:fs')
    truncateSync(job.path('stdout.log'), 1_073_741_824)
    const before = process.memoryUsage.rss()
    const files = house.launcher.follow(folder, () => {})
    let position = { stdout: claimed.attempt.files.stdout, stderr: claimed.attempt.files.stderr, events: 0 } as Parameters<
      typeof readWritten
    >[1]
    let [lines, most] = [0, 0]
    for (;;) {
      const bundle = readWritten(files, position, { isComplete: true, now: 1 })
      if (bundle.isEmpty) break
      lines += bundle.blocks.reduce((sum, block) => sum + block.lineCount, 0)
      position = bundle.next
      most = Math.max(most, process.memoryUsage.rss())
    }
    files.close()
    assert.equal(lines, 16_384)
    assert.ok(most - before < 50_000_000, `${most - before} bytes more`)
  })
})

describe('what is not a line yet', () => {
  test('it shows as a terminal would show it, and is a sign of life', async () => {
    const job = await written()
    const stop = new AbortController()
    const writer = await openLogWriter(job.house, job.claimed, { folder: job.folder, begun: null, signal: stop.signal })
    const now = async () => {
      const record = await job.store.jobs.get({ id: 1 })
      assert.ok(record)
      return { record, lines: await unfinishedLines(job.house, record) }
    }
    job.append('stdout', 'begun\n 1 %\r 2 %')
    job.append('stderr', 'Password: ')
    const { record } = await until('the line before is stored', async () => {
      const seen = await now()
      return seen.record.logLines === 1 ? seen : null
    })
    assert.deepEqual((await now()).lines, [
      { stream: 'stdout', text: ' 2 %' },
      { stream: 'stderr', text: 'Password: ' },
    ])
    job.append('stdout', '\r 3 %\r')
    await until('a sign of life', async () => ((await now()).record.heartbeatAt ?? 0) > (record.heartbeatAt ?? 0))
    assert.deepEqual((await now()).lines[0], { stream: 'stdout', text: ' 3 %' })
    assert.equal((await now()).record.logLines, 1)
    job.append('stdout', '\r 4 %\n')
    await writer.drained({ keepsLast: false })
    assert.deepEqual(
      (await allLines(job)).map(({ text }) => text),
      ['begun', 'Password: ', ' 1 %\r 2 %\r 3 %\r\r 4 %'],
    )
    assert.deepEqual((await now()).lines, [])
  })

  test('it is bounded, however long it is', async () => {
    const job = await written()
    job.append('stdout', 'x'.repeat(300_000))
    const record = await job.store.jobs.get({ id: 1 })
    assert.ok(record)
    assert.deepEqual(await unfinishedLines(job.house, record), [{ stream: 'stdout', text: 'x'.repeat(limits.logLineServed) }])
  })
})

describe('search', () => {
  test('property: from both ends and in steps it finds what a filter finds, each once', async () => {
    const job = await written()
    const words = fc.sample(fc.constantFrom('apple', 'BANANA', 'Äpfel', 'an', 'x'.repeat(3_000)), { numRuns: 300, seed: 5 })
    job.append('stdout', words.map((word) => `${word}\n`).join(''))
    await drained(job)
    const all = await allLines(job)
    const query = fc.record({
      text: fc.constantFrom('an', 'äPF', 'apple', 'nothing'),
      limit: fc.integer({ min: 1, max: 500 }),
      back: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(query, async ({ text, limit, back }) => {
        const found: LogLine[] = []
        let edge: number | null = back ? 1e9 : 0
        while (edge !== null) {
          const page = await searchLog(job.house, { jobId: 1, limit, ...(back ? { before: edge } : { after: edge }) }, text)
          if (back) found.unshift(...page.lines)
          else found.push(...page.lines)
          edge = page.searched
        }
        const wanted = all.filter((line) => line.text.toLowerCase().includes(text.toLowerCase()))
        assert.deepEqual(found, wanted)
      }),
      { numRuns: 20 },
    )
  })

  test('one call looks through so much, and says how far it came', async () => {
    const job = await written()
    job.append('stdout', `${'y'.repeat(999)}\n`.repeat(15_000))
    job.append('stdout', 'needle\n')
    await drained(job)
    const first = await searchLog(job.house, { jobId: 1, limit: 9 }, 'needle')
    assert.deepEqual(first.lines, [])
    assert.ok(first.searched !== null && first.searched > 5_000 && first.searched < 10_000, String(first.searched))
    const second = await searchLog(job.house, { jobId: 1, limit: 9, after: first.searched }, 'needle')
    assert.deepEqual(
      second.lines.map(({ seq }) => seq),
      [15_001],
    )
  })
})

describe('a log that is longer than its bound', () => {
  const mebibyte = 1_048_576
  const line = (number: number) => `${String(number).padStart(99, '0')}\n`
  const linesFrom = (first: number, howMany: number) => Array.from({ length: howMany }, (_, index) => line(first + index)).join('')

  /** Writes lines of 100 bytes in pieces, as a job would beside its reader. */
  async function flood(job: Written, lines: number): Promise<Claimed> {
    const writer = await openLogWriter(job.house, job.claimed, { folder: job.folder, begun: null, signal: new AbortController().signal })
    for (let first = 1; first <= lines; first += 2_000) {
      job.append('stdout', linesFrom(first, Math.min(2_000, lines - first + 1)))
      await until('it was stored', async () => ((await job.store.jobs.get({ id: 1 }))?.logLines ?? 0) >= first)
    }
    return writer.drained({ keepsLast: false })
  }

  const diskBytes = (job: Written, name: string) => statSync(job.path(name)).blocks * 512

  function assertBounded(all: LogLine[], lines: number): LogLine {
    const dropped = all.filter((one) => one.lines !== undefined)
    assert.equal(dropped.length, 1)
    const [one] = dropped
    assert.ok(one?.lines)
    // Numbers without gap: what stands for many ends with the last of them.
    let next = 1
    for (const { seq, lines: stands = 1, text } of all) {
      assert.equal(seq - stands + 1, next)
      next = seq + 1
      if (stands === 1) assert.equal(Number(text), seq)
    }
    assert.equal(next, lines + 1)
    assert.match(one.text, /^[\d,]+ lines, [\d,]+ bytes of stdout and 0 bytes of stderr dropped here: the log is longer than 2 MiB$/)
    assert.equal(
      one.text.startsWith(`${one.lines.toLocaleString('en-US')} lines, ${(one.lines * 100).toLocaleString('en-US')} bytes`),
      true,
    )
    return one
  }

  test('I7: beginning and end are kept, the middle is one line with exact numbers; the disk is given back, and what is left is sealed', async () => {
    const job = await written({ logBytes: 2 * mebibyte })
    assert.equal((await job.launcher.facilities()).punchesHoles, true, 'this test needs a disk that holes can be punched into')
    const { job: record } = await flood(job, 60_000)
    const all = await allLines(job)
    const one = assertBounded(all, 60_000)
    assert.ok(record.logKept.bytes <= 2 * mebibyte + 131_072, `${record.logKept.bytes} bytes are kept`)
    assert.equal(all[0]?.seq, 1)
    assert.ok((all.indexOf(one) ?? 0) * 100 >= mebibyte, 'the first half is the beginning')
    // 6 MB were written.
    await until('the disk is given back', () => diskBytes(job, 'stdout.log') <= 2.6 * mebibyte)
    assert.equal(statSync(job.path('stdout.log')).size, 6_000_000)
    // A follower that comes late gets the line once, wherever in the range it stood.
    for (const after of [0, one.seq - 5, one.seq - 1]) {
      const [next] = (await readLog(job.house, { jobId: 1, after: Math.max(after, one.seq - (one.lines ?? 0)), limit: 1 })).slice(0, 1)
      assert.deepEqual(next, one)
    }
    assert.equal((await readLog(job.house, { jobId: 1, after: one.seq, limit: 1 }))[0]?.seq, one.seq + 1)

    await job.store.claims.finish({
      fence: { jobId: 1, attempt: 1, leaseToken: 1 },
      end: {
        ...{ end: 'well', failure: null, exitCode: 0, saidNext: null, signal: null, progress: null },
        ...{ line: 'exit 0', published: [], random: 0, now: Date.now() },
      },
    })
    const settled = await job.store.jobs.get({ id: 1 })
    assert.ok(settled)
    await sealLog(job.house, settled)
    assert.equal(existsSync(job.path('stdout.log')), false)
    assert.equal(statSync(job.path('stdout.sealed-1.log')).size, record.logKept.bytes)
    assert.deepEqual((await allLines(job)).slice(0, -1), all)
    assert.deepEqual(await job.store.jobs.list({ unsealed: true, limit: 9 }), [])
  })

  test('I7: a runner that is killed when it has stored too much, before it took any of it out: the next one does', async () => {
    const job = await written({ logBytes: 2 * mebibyte })
    job.append('stdout', linesFrom(1, 40_000))
    const killed = new Error('killed')
    const observe: Store['claims']['observe'] = async (options) => {
      const stored = await job.store.claims.observe(options)
      if (stored !== 'lease lost' && stored.logKept.bytes > 2.2 * mebibyte) throw killed
      return stored
    }
    const house = { ...job.house, store: { ...job.store, claims: { ...job.store.claims, observe } } }
    await assert.rejects(drained({ ...job, house }), killed)
    const [left] = await job.store.jobs.unsettled()
    assert.ok(left && left.job.logKept.bytes > 2.2 * mebibyte)
    const { job: record } = await drained({ ...job, claimed: left })
    assert.ok(record.logKept.bytes <= 2 * mebibyte + 131_072, `${record.logKept.bytes} bytes are kept`)
    assertBounded(await allLines(job), 40_000)
  })

  test('I7: a kill between any two steps of sealing: readers see the same, and the next pass does the rest', async () => {
    const job = await written({ logBytes: 2 * mebibyte })
    await flood(job, 40_000)
    await job.store.claims.finish({
      fence: { jobId: 1, attempt: 1, leaseToken: 1 },
      end: {
        ...{ end: 'well', failure: null, exitCode: 0, saidNext: null, signal: null, progress: null },
        ...{ line: 'exit 0', published: [], random: 0, now: Date.now() },
      },
    })
    const before = await allLines(job)
    const settled = await job.store.jobs.get({ id: 1 })
    assert.ok(settled)
    const killed = new Error('killed')
    const steps = ['rewriteLog', 'seal', 'removeOtherWritings', 'mark'] as const
    for (const step of [...steps, null]) {
      const dies = (at: string) => {
        if (at === step) throw killed
      }
      const launcher: Launcher = {
        ...job.launcher,
        async rewriteLog(...given) {
          const done = await job.launcher.rewriteLog(...given)
          dies('rewriteLog')
          return done
        },
        async removeOtherWritings(...given) {
          dies('removeOtherWritings')
          await job.launcher.removeOtherWritings(...given)
        },
      }
      const seal: Store['logs']['seal'] = async (options) => {
        dies(options.attempts.length > 0 ? 'seal' : 'mark')
        return job.store.logs.seal(options)
      }
      const store = { ...job.store, logs: { ...job.store.logs, seal } }
      const outcome: unknown = await sealLog({ ...job.house, launcher, store }, settled).catch((error: unknown) => error)
      assert.equal(outcome, step === null ? undefined : killed, String(step))
      assert.deepEqual(await allLines(job), before, String(step))
    }
    assert.deepEqual(await job.store.jobs.list({ unsealed: true, limit: 9 }), [])
  })

  test('I7: whoever reads while a log is shortened never sees a hole', async () => {
    const job = await written({ logBytes: mebibyte })
    const reading = new AbortController()
    const seen = { pages: 0 }
    const read = async () => {
      while (!reading.signal.aborted) {
        for (const { lines, text, seq } of await readLog(job.house, { jobId: 1, after: 4_000, limit: 2_000 })) {
          if (lines === undefined) assert.equal(Number(text), seq)
        }
        seen.pages++
        await systemClock.sleep(0)
      }
    }
    const readers = [read(), read()]
    await flood(job, 30_000)
    reading.abort()
    await Promise.all(readers)
    assert.ok(seen.pages > 0)
    assertNumbers(await allLines(job), 30_000)
  })

  function assertNumbers(all: LogLine[], lines: number): void {
    assert.equal(
      all.reduce((sum, one) => sum + (one.lines ?? 1), 0),
      lines,
    )
  }

  test('where the middle cannot be taken out, all is kept and one line says so', async () => {
    const job = await written({ logBytes: mebibyte }, false)
    await flood(job, 30_000)
    const all = await allLines(job)
    const ours = all.filter(({ stream }) => stream === 'system')
    assert.deepEqual(
      ours.map(({ text }) => text),
      ['the log is longer than 1 MiB and all of it is kept: this disk cannot take the middle out of a file that is being written'],
    )
    assert.equal(all.length, 30_001)
  })

  test('or the job is asked to stop, when its kind wants that', async () => {
    const job = await written({ logBytes: mebibyte, logLimit: 'stop' }, false)
    const { job: record } = await flood(job, 30_000)
    const now = await job.store.jobs.get({ id: record.id })
    assert.deepEqual([now?.state, now?.stopReason, now?.stopWhy], ['stopping', 'limit', 'wrote a log longer than 1 MiB'])
  })
})
