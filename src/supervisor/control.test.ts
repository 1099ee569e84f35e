// What people do with jobs that are there, one by one and all that fit: done, recorded with who asked, or refused with a reason.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { openings, settled, shell, textOf } from '../../test/contract/opened.ts'
import { limits } from '../core/limits.ts'
import { defineJob, type JobDefinition } from './define-job.ts'
import type { By, Holdfast, JobState } from './holdfast.ts'

const { open } = openings('control')
const any = defineJob({ kind: 'any', command: ['true'] })
const other = defineJob({ kind: 'other', command: ['true'], queue: 'slow' })
const keyed = defineJob<string>({ kind: 'keyed', command: ['true'], unique: (key) => key })
const opened = (more: readonly JobDefinition<unknown>[] = []) => open([any, other, keyed, ...more], { runner: false })

async function cancelled(holdfast: Holdfast, kind = 'any', input: unknown = null): Promise<number> {
  const { job } = await holdfast.submit(kind, input)
  assert.equal((await holdfast.cancel(job.id)).state, 'cancelled')
  return job.id
}

describe('retry', () => {
  test('a cancelled job waits for another attempt; the record says who asked for what', async () => {
    const holdfast = await opened()
    const { job } = await holdfast.submit(any)
    await holdfast.cancel(job.id, { by: 'ana' })
    const again = await holdfast.retry(job.id, { by: 'bo' })
    assert.deepEqual([again.state, again.finishedAt, again.stopReason, again.stopAskedBy], ['queued', null, null, null])
    const events = (await holdfast.detail(job.id))?.events ?? []
    const asked = events.filter(({ by }) => by !== null).map(({ name, by }) => [name, by])
    assert.deepEqual(asked, [
      ['cancel asked', 'ana'],
      ['cancelled', 'ana'],
      ['retry asked', 'bo'],
    ])
  })

  test('I5: one that is active, or succeeded, or not there, is refused with the reason', async () => {
    const holdfast = await opened()
    const { job } = await holdfast.submit(any)
    for (const again of [holdfast.retry, holdfast.resume]) {
      await assert.rejects(again(job.id), { code: 'wrong_state', details: { id: job.id, state: 'queued' }, message: /is queued/ })
      await assert.rejects(again(999_999), { code: 'job_not_found', details: { id: 999_999 } })
    }
    const running = await open([], { runner: true })
    const good = await settled(running, (await running.submit(shell, { script: 'true' })).job.id)
    await assert.rejects(holdfast.retry(good.id), { code: 'wrong_state', details: { id: good.id, state: 'succeeded' } })
    await running.close()
  })

  test('another attempt gets the variables that its kind has by now: a key that was wrong is mended and the app started again', async () => {
    const upload = (key: string) =>
      defineJob({
        kind: 'upload',
        command: ['sh', '-c', 'echo "with $STORE $PLACE"; test "$STORE" = good'],
        environment: { STORE: key, PLACE: 'here' },
      })
    const before = await open([upload('bad')], { runner: true })
    const { job } = await before.submit('upload')
    assert.equal((await settled(before, job.id)).state, 'failed')
    await before.close()
    const after = await open([upload('good')], { runner: true })
    await after.retry(job.id)
    assert.deepEqual(
      [(await settled(after, job.id)).state, await textOf(after, job.id)],
      ['succeeded', ['with bad here', 'with good here']],
    )
    await after.close()
  })

  test('I2: one whose unique key is taken is refused, and the active job is named', async () => {
    const holdfast = await opened()
    const first = await cancelled(holdfast, 'keyed', 'server')
    const { job } = await holdfast.submit(keyed, 'server')
    await assert.rejects(holdfast.retry(first), { code: 'active_exists', details: { id: job.id } })
    await holdfast.cancel(job.id)
    assert.equal((await holdfast.retry(first)).state, 'queued')
  })

  test('one that comes after a job that did not succeed: that one first', async () => {
    const holdfast = await opened()
    const first = (await holdfast.submit(any)).job.id
    const second = (await holdfast.submit(any, null, { after: [first] })).job.id
    await holdfast.cancel(second)
    await holdfast.cancel(first)
    await assert.rejects(holdfast.retry(second), { code: 'wrong_state', details: { id: first, state: 'cancelled' } })
    await holdfast.retry(first)
    await holdfast.retry(second)
    assert.deepEqual((await holdfast.get(second))?.waitingFor, { for: 'job', jobs: [first] })
  })
})

describe('rerun', () => {
  test('a new job, with the same input or another one, by whoever asks', async () => {
    const holdfast = await opened()
    const first = await holdfast.submit(any, { film: 7 }, { name: 'seven', submittedBy: 'ana' })
    const same = await holdfast.rerun(first.job.id, { by: 'bo' })
    assert.deepEqual([same.created, same.job.input, same.job.name, same.job.submittedBy], [true, { film: 7 }, 'seven', 'bo'])
    const changed = await holdfast.rerun(first.job.id, { input: { film: 8 } })
    assert.deepEqual([changed.job.input, changed.job.submittedBy], [{ film: 8 }, null])
    assert.equal(new Set([first, same, changed].map(({ job }) => job.id)).size, 3)
  })

  test('a kind that names its jobs names one with another input anew', async () => {
    const named = defineJob<{ film: number }>({ kind: 'named', name: ({ film }) => `film ${film}`, command: ['true'] })
    const holdfast = await opened([named])
    const first = await holdfast.submit(named, { film: 7 }, { name: 'seven' })
    const [same, changed] = [await holdfast.rerun(first.job.id), await holdfast.rerun(first.job.id, { input: { film: 8 } })]
    assert.deepEqual([same.job.name, changed.job.name], ['seven', 'film 8'])
  })

  test('a schema that makes something else of its input sees what was given, not what it made', async () => {
    const doubling = defineJob({ kind: 'doubling', input: z.object({ n: z.number().transform((n) => n * 2) }), command: ['true'] })
    const holdfast = await opened([doubling])
    const first = await holdfast.submit(doubling, { n: 4 })
    const again = await holdfast.rerun(first.job.id)
    assert.deepEqual([first.job.input, again.job.input], [{ n: 8 }, { n: 8 }])
  })

  test('of a job whose unique key is active: that job', async () => {
    const holdfast = await opened()
    const first = await holdfast.submit(keyed, 'again')
    const { job, created } = await holdfast.rerun(first.job.id)
    assert.deepEqual([job.id, created], [first.job.id, false])
  })

  test('of no job, or with an input that is none', async () => {
    const holdfast = await opened()
    await assert.rejects(holdfast.rerun(999_999), { code: 'job_not_found' })
    const { job } = await holdfast.submit(any)
    await assert.rejects(holdfast.rerun(job.id, { input: 1n }), { code: 'invalid_input', details: { field: 'input' } })
  })
})

describe('all that fit', () => {
  test('cancelled and tried again, by kind and queue and state; more than a page of them', async () => {
    const holdfast = await opened()
    for (const kind of ['any', 'other']) await holdfast.cancelMany({ kind })
    const count = limits.listPage + 5
    const mine = await holdfast.submitMany(Array.from({ length: count }, () => ({ kind: other })))
    const { job } = await holdfast.submit(any)
    const ids = mine.map((one) => one.job.id).toReversed()
    const stopped = await holdfast.cancelMany({ queue: 'slow' }, { by: 'ana' })
    assert.deepEqual([stopped.done.toSorted((a, b) => b - a), stopped.refused], [ids, []])
    assert.equal((await holdfast.get(ids[0] ?? 0))?.failure?.message, 'Cancelled by ana')
    assert.equal((await holdfast.get(job.id))?.state, 'queued')
    assert.deepEqual((await holdfast.retryMany({ kind: 'other' })).done, [], 'what somebody cancelled is not tried again unasked')
    const again = await holdfast.retryMany({ kind: 'other', state: ['cancelled'] })
    assert.equal(again.done.length, count)
    assert.equal((await holdfast.list({ kind: 'other', state: ['queued'], limit: 1 })).jobs[0]?.id, ids[0])
  })

  test('what cannot be done is told job by job, and keeps no other waiting', async () => {
    const holdfast = await opened()
    const first = await cancelled(holdfast, 'keyed', 'bulk')
    const { job } = await holdfast.submit(keyed, 'bulk')
    const free = await cancelled(holdfast, 'keyed', 'free')
    const answer = await holdfast.retryMany({ kind: 'keyed', state: ['cancelled', 'queued'] })
    assert.ok(answer.done.includes(free) && !answer.done.includes(first), JSON.stringify(answer))
    const reasons = new Map(answer.refused.map(({ id, reason }) => [id, reason]))
    assert.match(reasons.get(first) ?? '', new RegExp(`job ${job.id} with the same unique key is active`))
    assert.match(reasons.get(job.id) ?? '', /is queued/)
  })

  test('a filter that is not understood is refused: else it would mean all jobs', async () => {
    const holdfast = await opened()
    const { job } = await holdfast.submit(any)
    const filters: [object | undefined, string][] = [
      [undefined, 'filter'],
      [{ kinds: ['any'] }, 'kinds'],
      [{ state: 'queued' }, 'state'],
      [{ state: ['wating'] }, 'state'],
      [{ kind: 3 }, 'kind'],
      [{ queue: ['slow'] }, 'queue'],
    ]
    for (const [filter, field] of filters) {
      const expected = { code: 'invalid_request', details: { field } }
      await assert.rejects(async () => holdfast.cancelMany(filter as object), expected, `cancelMany ${field}`)
      await assert.rejects(async () => holdfast.retryMany(filter as object), expected, `retryMany ${field}`)
      if (filter) await assert.rejects(async () => holdfast.list(filter as { state: JobState[] }), expected, `list ${field}`)
    }
    await assert.rejects(async () => holdfast.cancelMany({}, { by: 3 } as unknown as By), {
      code: 'invalid_request',
      details: { field: 'by' },
    })
    assert.equal((await holdfast.get(job.id))?.state, 'queued')
  })
})

test('what is no number of a job, nor a name of a person, is refused by its name', async () => {
  const holdfast = await opened()
  const id = { code: 'invalid_request', details: { field: 'id' } }
  const by = { code: 'invalid_request', details: { field: 'by' } }
  for (const wrong of ['7', 1.5, Number.NaN, null] as unknown as number[])
    for (const ask of [
      holdfast.get,
      holdfast.detail,
      holdfast.cancel,
      holdfast.retry,
      holdfast.resume,
      holdfast.rerun,
      holdfast.wait,
      holdfast.log,
    ])
      await assert.rejects(async () => ask(wrong), id, `${ask.name} ${wrong}`)
  const { job } = await holdfast.submit(any)
  for (const wrong of ['x'.repeat(201), 'a\0b', { name: 'ana' }] as unknown as string[])
    for (const ask of [holdfast.cancel, holdfast.retry, holdfast.resume]) await assert.rejects(async () => ask(job.id, { by: wrong }), by)
  const { cancel, retry, resume, rerun, cancelMany, retryMany } = holdfast
  const misspelt = { user: 'ana' } as By
  const user = { code: 'invalid_request', message: /user is no option/, details: { field: 'user' } }
  for (const ask of [cancel, retry, resume, rerun]) await assert.rejects(async () => ask(job.id, misspelt), user)
  for (const ask of [cancelMany, retryMany]) await assert.rejects(async () => ask({ kind: 'any' }, misspelt), user)
  await assert.rejects(async () => cancel(job.id, 'ana' as By), { code: 'invalid_request', message: /must be an object with by/ })
  assert.equal((await holdfast.get(job.id))?.state, 'queued')
})

test('pages of logs and lists say which part of the question is wrong', async () => {
  const holdfast = await opened()
  const { job } = await holdfast.submit(any)
  const ranges: [object, string][] = [
    [{ limit: 0 }, 'limit'],
    [{ after: -1 }, 'after'],
    [{ before: 0.5 }, 'before'],
    [{ after: 1, before: 2 }, 'before'],
    [{ stream: 'stdout' }, 'stream'],
    [{ stream: ['out'] }, 'stream'],
    [{ lines: 3 }, 'lines'],
  ]
  for (const [range, field] of ranges) await assert.rejects(holdfast.log(job.id, range), { code: 'invalid_request', details: { field } })
  const timeout = { timeoutMs: 10 } as object
  for (const wait of [holdfast.wait, holdfast.watch, holdfast.followLog])
    await assert.rejects(async () => wait(job.id, timeout), { code: 'invalid_request', details: { field: 'timeoutMs' } })
  await assert.rejects(holdfast.list({ before: Number.NaN }), { code: 'invalid_request', details: { field: 'before' } })
})
