// I7: a log longer than its bound keeps beginning and end, with one line of exact numbers between them, whoever reads or is killed.
import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { describe, test } from 'node:test'
import { until } from '../../test/contract/temporary.ts'
import { allLines, drained, type Written, written } from '../../test/contract/written-attempt.ts'
import type { LogLine } from '../core/job.ts'
import type { Launcher } from '../launch/launcher.ts'
import type { Claimed, Store } from '../store/store.ts'
import { sealLog } from './log-gaps.ts'
import { openLogWriter } from './log-writer.ts'
import { readLog } from './read-log.ts'
import { systemClock } from './system-clock.ts'

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
