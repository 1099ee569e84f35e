// Inline handlers on a real folder: what they are given, what is kept of what they say, how they end, are stopped and make way.
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openings, settled } from '../../test/contract/opened.ts'
import { until } from '../../test/contract/temporary.ts'
import { defineJob } from '../index.ts'
import { doNotRetry, type JobContext, retryLater, snooze } from '../job.ts'

type Handler = (job: JobContext<never>) => unknown

const inline = (run: Handler, more: object = {}) => defineJob<unknown>({ kind: 'inline', run, stopGraceMs: 2_000, ...more } as never)

/** A handler that waits until it is asked to stop, and what it was told. */
function waiting() {
  const told: unknown[] = []
  const run = (job: JobContext) =>
    new Promise((_, reject) => {
      job.signal.addEventListener('abort', () => {
        told.push(job.signal.reason.message)
        reject(job.signal.reason)
      })
    })
  return { told, run }
}

describe('an inline handler', () => {
  const { data, open } = openings('inline')

  test('gets what a module gets; its lines, progress and result are kept, and it leaves no folder', async () => {
    const kind = inline(async (job) => {
      job.phase('Read', { index: 1, of: 2 })
      job.progress({ done: 1, total: 2, unit: 'films' })
      job.log('one\ntwo')
      job.log('three')
      job.save({ at: 1 })
      return { id: job.id, attempt: job.attempt, input: job.input, checkpoint: job.checkpoint }
    })
    const holdfast = await open([kind])
    const { job } = await holdfast.submit(kind, { film: 7 })
    const done = await settled(holdfast, job.id)
    assert.deepEqual([done.state, done.exitCode, done.attempts], ['succeeded', 0, 1])
    assert.deepEqual(done.result, { id: job.id, attempt: 1, input: { film: 7 }, checkpoint: null })
    assert.deepEqual([done.progress?.phase?.name, done.progress?.done, done.progress?.unit], ['Read', 1, 'films'])
    const { lines } = await holdfast.log(job.id)
    assert.deepEqual(
      lines.map(({ seq, stream, text }) => [seq, stream, text.replace(/pid \d+/, 'pid N')]),
      [
        [1, 'system', "attempt 1 started in the runner's process, pid N"],
        [2, 'stdout', 'one'],
        [3, 'stdout', 'two'],
        [4, 'stdout', 'three'],
        [5, 'system', 'exit 0'],
      ],
    )
    assert.deepEqual(
      (await holdfast.log(job.id, { before: 4, limit: 2 })).lines.map(({ text }) => text),
      ['one', 'two'],
    )
    const detail = await holdfast.detail(job.id)
    assert.deepEqual(
      detail?.events.map(({ name }) => name),
      ['submitted', 'started', 'succeeded'],
    )
    assert.deepEqual([detail?.history[0]?.state, detail?.history[0]?.pid], ['ended', null])
    assert.deepEqual(readdirSync(join(data, 'attempts')), [])
    await holdfast.close()
  })

  test('what it throws is its failure, with its text in the log; retries and words for the next attempt work', async () => {
    const thrown: Record<string, () => Error | null> = {
      error: () => new TypeError('no such film'),
      never: () => doNotRetry('not this one'),
      later: () => retryLater(1, 'busy'),
    }
    const kind = inline(
      (job) => {
        const { how } = job.input as { how: string }
        if (how === 'rest' && job.attempt === 1) throw snooze(1)
        const error = thrown[how]?.()
        if (error) throw error
        return job.attempt
      },
      { retry: { attempts: 2, delayMs: 1 } },
    )
    const holdfast = await open([kind])
    const run = async (how: string) => settled(holdfast, (await holdfast.submit(kind, { how })).job.id)
    const error = await run('error')
    assert.deepEqual([error.state, error.attempts, error.exitCode], ['failed', 2, 1])
    assert.deepEqual([error.failure?.kind, error.failure?.message], ['error', 'no such film'])
    const { lines } = await holdfast.log(error.id, { stream: ['stderr'] })
    assert.equal(lines[0]?.text, 'TypeError: no such film')
    assert.match(lines[1]?.text ?? '', /inline\.test\.ts/)
    assert.equal(
      error.failure?.logSeq,
      (await holdfast.log(error.id, { stream: ['stderr'] })).lines.findLast(({ text }) => text.includes('no such film'))?.seq,
    )
    const never = await run('never')
    assert.deepEqual([never.state, never.attempts], ['failed', 1])
    const later = await run('later')
    assert.deepEqual([later.state, later.attempts, later.failure?.message], ['failed', 2, 'busy'])
    const rest = await run('rest')
    assert.deepEqual([rest.state, rest.attempts, rest.result], ['succeeded', 2, 2])
    await holdfast.close()
  })

  test('a result over 1 MiB, and a log over its bound, are told', async () => {
    const kind = inline(async (job) => {
      for (let line = 0; line < 3_000; line++) job.log(`${line} ${'x'.repeat(1_000)}`)
      return 'y'.repeat(1_100_000)
    })
    const holdfast = await open([kind])
    const done = await settled(holdfast, (await holdfast.submit(kind)).job.id)
    assert.equal(done.failure?.message, 'the result is larger than 1 MiB: write it into an artifact')
    const { lines } = await holdfast.log(done.id, { limit: 5_000 })
    assert.deepEqual(
      lines.map(({ seq }) => seq),
      lines.map((_, index) => index + 1),
    )
    const kept = lines.filter(({ stream }) => stream === 'stdout').length
    assert.ok(kept > 1_000 && kept < 1_050, String(kept))
    assert.ok(
      lines.some(({ text, stream }) => stream === 'system' && text.startsWith(`${3_000 - kept} lines (`) && /were dropped/.test(text)),
      lines
        .filter(({ stream }) => stream === 'system')
        .map(({ text }) => text)
        .join('\n'),
    )
    await holdfast.close()
  })

  test('I8: its artifacts are published when it has succeeded', async () => {
    const { writeFile } = await import('node:fs/promises')
    const kind = inline(async (job) => writeFile(join(job.output('index'), 'a.txt'), 'a'), { artifacts: ['index'] })
    const holdfast = await open([kind])
    const done = await settled(holdfast, (await holdfast.submit(kind)).job.id)
    assert.equal(done.state, 'succeeded', done.failure?.message)
    const current = await holdfast.artifact('index').current()
    assert.ok(current && existsSync(join(current.path, 'a.txt')))
    await holdfast.close()
  })

  test('I11: a cancel is told to it, and it is over when the function has settled', async () => {
    const { told, run } = waiting()
    const kind = inline(run)
    const holdfast = await open([kind])
    const { job } = await holdfast.submit(kind)
    await until('it runs', async () => (await holdfast.get(job.id))?.state === 'running')
    await holdfast.cancel(job.id, { by: 'ada' })
    const done = await settled(holdfast, job.id)
    assert.deepEqual([done.state, done.failure?.message], ['cancelled', 'Cancelled by ada'])
    assert.deepEqual(told, ['the job was cancelled by ada'])
    await holdfast.close()
  })

  test('I3 I11: one that ignores its signal keeps its keys and is shown; what it returns then is no success', async () => {
    const gate = Promise.withResolvers<void>()
    const kind = inline(() => gate.promise, { stopGraceMs: 10, locks: ['server'] })
    const other = defineJob({ kind: 'other', run: () => 'other', locks: ['server'] })
    const holdfast = await open([kind, other])
    const { job } = await holdfast.submit(kind)
    await until('it runs', async () => (await holdfast.get(job.id))?.state === 'running')
    await holdfast.cancel(job.id)
    const waits = await holdfast.submit(other)
    await until('it is shown', async () => (await holdfast.get(job.id))?.flags.includes('killIncomplete'))
    assert.deepEqual([(await holdfast.get(job.id))?.state, (await holdfast.get(waits.job.id))?.state], ['stopping', 'queued'])
    gate.resolve()
    const done = await settled(holdfast, job.id)
    assert.deepEqual([done.state, done.flags], ['cancelled', []])
    assert.equal((await settled(holdfast, waits.job.id)).state, 'succeeded')
    await holdfast.close()
  })

  test('one that takes too long is told so, and has failed', async () => {
    const { told, run } = waiting()
    const kind = inline(run, { timeoutMs: 50 })
    const holdfast = await open([kind])
    const done = await settled(holdfast, (await holdfast.submit(kind)).job.id)
    assert.deepEqual([done.state, done.failure?.kind, done.stopReason], ['failed', 'timeout', 'timeout'])
    assert.match(String(told[0]), /^the job is stopped: it took longer than /)
    assert.match(done.failure?.message ?? '', /^Took longer than /)
    await holdfast.close()
  })

  test('resume of a running one stops it, and it goes on from its checkpoint', async () => {
    const kind = inline((job) => {
      if (job.attempt > 1) return job.checkpoint
      job.save({ at: 7 })
      return waiting().run(job as never)
    })
    const holdfast = await open([kind])
    const { job } = await holdfast.submit(kind)
    await until('it runs', async () => (await holdfast.get(job.id))?.state === 'running')
    await holdfast.resume(job.id)
    const done = await settled(holdfast, job.id)
    assert.deepEqual([done.state, done.attempts, done.result], ['succeeded', 2, { at: 7 }])
    await holdfast.close()
  })

  test('I4: closing asks it to stop and queues it again; the attempt does not count, and the next goes on from its checkpoint', async () => {
    const { told, run } = waiting()
    const kind = inline((job) => {
      if (job.attempt > 1) return job.checkpoint
      job.save({ at: 3 })
      return run(job as never)
    })
    const first = await open([kind])
    const { job } = await first.submit(kind)
    await until('it runs', async () => (await first.get(job.id))?.state === 'running')
    await first.close()
    assert.deepEqual(told, ['the job is stopped: it runs in a program that closes'])
    const second = await open([kind])
    const done = await settled(second, job.id)
    assert.deepEqual([done.state, done.attempts, done.result], ['succeeded', 2, { at: 3 }])
    await second.close()
  })

  test('closing waits for one that ends in time', async () => {
    const kind = inline(async (job) => {
      await new Promise((resolve) => job.signal.addEventListener('abort', resolve))
      await new Promise((resolve) => setTimeout(resolve, 100))
      job.log('tidied up')
      throw job.signal.reason
    })
    const first = await open([kind])
    const { job } = await first.submit(kind)
    await until('it runs', async () => (await first.get(job.id))?.state === 'running')
    await first.close()
    const second = await open([], { runner: false })
    assert.equal((await second.get(job.id))?.state, 'queued')
    const { lines } = await second.log(job.id)
    assert.ok(lines.some(({ text }) => text === 'tidied up'))
    await second.cancel(job.id)
    await second.close()
  })
})
