// Schedules as people set them: stored, shown with their next times, paused, run now; refused by name where they make no sense.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { openings } from '../../test/contract/opened.ts'
import { until } from '../../test/contract/temporary.ts'
import { limits } from '../core/limits.ts'
import { systemClock } from '../runner/system-clock.ts'
import { openStore } from '../store/open-store.ts'
import { defineJob } from './define-job.ts'
import type { ScheduleOptions } from './holdfast.ts'

const { data, open } = openings('schedules')
const any = defineJob<unknown>({ kind: 'any', command: ['true'] })
const doubled = defineJob({ kind: 'doubled', command: ['true'], input: z.object({ n: z.number().transform((n) => n * 2) }) })
const once = defineJob({ kind: 'once', command: ['true'], unique: true })
const opened = () => open([any, doubled, once], { runner: false })

test('stored, and shown with its next five times in its own zone', async () => {
  const holdfast = await opened()
  const before = Date.now()
  const view = await holdfast.schedules.put({
    name: 'nightly',
    kind: any,
    cron: '30 2 * * *',
    timeZone: 'Europe/Berlin',
    input: { full: true },
  })
  const { nextAt, ...stored } = view
  assert.deepEqual(stored, {
    name: 'nightly',
    kind: 'any',
    cron: '30 2 * * *',
    timeZone: 'Europe/Berlin',
    input: { full: true },
    missed: 'skip',
    pausedAt: null,
    pausedBy: null,
    lastAt: null,
    lastJobId: null,
    trouble: null,
  })
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' })
  assert.deepEqual(
    nextAt.map((at) => clock.format(at)),
    Array(5).fill('02:30'),
  )
  assert.ok(nextAt.every((at, index) => at > (nextAt[index - 1] ?? before)))
  const listed = (await holdfast.schedules.list()).find(({ name }) => name === 'nightly')
  assert.deepEqual(listed, view)
})

test('stored again under its name it is changed; opening with it again changes nothing', async () => {
  const holdfast = await opened()
  await holdfast.schedules.put({ name: 'twice', kind: any, cron: '@daily' })
  await holdfast.schedules.put({ name: 'twice', kind: any, cron: '@hourly', missed: 'once' })
  const of = async () => (await holdfast.schedules.list()).filter(({ name }) => name === 'twice')
  const [changed, ...others] = await of()
  assert.deepEqual([changed?.cron, changed?.missed, others.length], ['@hourly', 'once', 0])
  await holdfast.schedules.pause('twice', { by: 'ana' })
  await open([any], { runner: false, schedules: [{ name: 'twice', kind: 'any', cron: '@hourly', missed: 'once' }] })
  const [same] = await of()
  assert.deepEqual([same?.pausedBy, same?.nextAt], ['ana', []], 'what somebody paused stays paused when the app starts again')
})

test('paused it has no next times; resumed it goes on with the next one', async () => {
  const holdfast = await opened()
  const { nextAt } = await holdfast.schedules.put({ name: 'paused', kind: any, cron: '@yearly' })
  const paused = await holdfast.schedules.pause('paused', { by: 'ana' })
  assert.deepEqual([typeof paused.pausedAt, paused.pausedBy, paused.nextAt], ['number', 'ana', []])
  const resumed = await holdfast.schedules.resume('paused')
  assert.deepEqual([resumed.pausedAt, resumed.pausedBy, resumed.nextAt], [null, null, nextAt])
})

test('resumed though it is not paused it keeps what is due', async () => {
  const holdfast = await opened()
  const { nextAt } = await holdfast.schedules.put({ name: 'every-second', kind: any, cron: '* * * * * *' })
  const dueAt = nextAt[0] ?? 0
  await until('it is due', () => Date.now() > dueAt)
  assert.equal((await holdfast.schedules.resume('every-second')).nextAt[0], dueAt)
  await holdfast.schedules.remove('every-second')
})

test('one is found by its name, however many there are; one with a time zone that only another machine knows is listed like the others', async () => {
  const holdfast = await opened()
  const store = await openStore({ folder: data, clock: systemClock })
  const schedule = {
    kind: 'any',
    cron: '@yearly',
    timeZone: 'Mars/Olympus',
    input: null,
    missed: 'skip',
    nextAt: Date.now() + 1e9,
  } as const
  const names = Array.from({ length: limits.schedules }, (_, index) => `a-${index}`)
  await Promise.all(names.map((name) => store.schedules.put({ schedule: { ...schedule, name }, now: Date.now() })))
  await holdfast.schedules.put({ name: 'z-last', kind: any, cron: '@yearly' })
  assert.equal((await holdfast.schedules.runNow('z-last')).created, true)
  assert.equal((await holdfast.schedules.list())[0]?.nextAt.length, 1)
  await holdfast.schedules.pause('a-0')
  await assert.rejects(holdfast.schedules.resume('a-0'), { code: 'invalid_input', details: { field: 'timeZone' } })
  await Promise.all(names.map((name) => store.schedules.remove({ name })))
  await store.close()
})

test('run now: its job, by whoever asks; the times stay. Overlap is up to the unique key', async () => {
  const holdfast = await opened()
  const { nextAt } = await holdfast.schedules.put({ name: 'now', kind: once, cron: '@yearly' })
  const first = await holdfast.schedules.runNow('now', { by: 'ana' })
  const second = await holdfast.schedules.runNow('now')
  assert.deepEqual([first.created, first.job.submittedBy, second.created, second.job.id], [true, 'ana', false, first.job.id])
  assert.deepEqual((await holdfast.schedules.list()).find(({ name }) => name === 'now')?.nextAt, nextAt)
})

test('the input is kept as it was given: its schema makes something of it each time, once', async () => {
  const holdfast = await opened()
  const view = await holdfast.schedules.put({ name: 'doubled', kind: doubled, cron: '@yearly', input: { n: 3 } })
  assert.deepEqual(view.input, { n: 3 })
  assert.deepEqual((await holdfast.schedules.runNow('doubled')).job.input, { n: 6 })
})

test('removed it is gone; its jobs stay', async () => {
  const holdfast = await opened()
  await holdfast.schedules.put({ name: 'gone', kind: any, cron: '@yearly' })
  const { job } = await holdfast.schedules.runNow('gone')
  await holdfast.schedules.remove('gone')
  assert.equal(
    (await holdfast.schedules.list()).find(({ name }) => name === 'gone'),
    undefined,
  )
  assert.equal((await holdfast.get(job.id))?.state, 'queued')
})

describe('refused', () => {
  const wrong: [field: string, code: string, options: object][] = [
    ['name', 'invalid_input', { name: 'a b' }],
    ['name', 'invalid_input', { name: 3 }],
    ['cron', 'invalid_input', { cron: undefined }],
    ['cron', 'invalid_input', { cron: '' }],
    ['cron', 'invalid_input', { cron: 'daily' }],
    ['cron', 'invalid_input', { cron: '61 * * * *' }],
    ['cron', 'invalid_input', { cron: '2099-01-01T00:00:00' }],
    ['cron', 'invalid_input', { cron: '0 0 30 2 *' }],
    ['timeZone', 'invalid_input', { timeZone: 'Mars/Olympus' }],
    ['missed', 'invalid_input', { missed: 'all' }],
    ['kind', 'unknown_kind', { kind: 'nobody' }],
    ['n', 'invalid_input', { kind: 'doubled', input: {} }],
    ['input', 'invalid_input', { input: 1n }],
    ['timezone', 'invalid_input', { timezone: 'Europe/Berlin' }],
  ]
  for (const [field, code, options] of wrong)
    test(`${Object.keys(options)} ${Object.values(options)}`, async () => {
      const holdfast = await opened()
      const all = { name: 'wrong', kind: 'any', cron: '@daily', ...options } as ScheduleOptions
      await assert.rejects(
        holdfast.schedules.put(all),
        (error: { code: string; message: string; details: { field?: string; kind?: string } }) => {
          assert.equal(error.code, code)
          assert.equal(error.details.field ?? Object.keys(error.details)[0], field, error.message)
          return true
        },
      )
      assert.equal(
        (await holdfast.schedules.list()).find(({ name }) => name === 'wrong'),
        undefined,
      )
    })

  test('what is not there', async () => {
    const holdfast = await opened()
    const { schedules } = holdfast
    for (const ask of [schedules.pause, schedules.resume, schedules.runNow, schedules.remove])
      await assert.rejects(async () => ask('nobody'), { code: 'schedule_not_found', details: { name: 'nobody' } })
    for (const ask of [schedules.pause, schedules.resume, schedules.runNow])
      await assert.rejects(async () => ask('nobody', { user: 'ana' } as object), { code: 'invalid_request', details: { field: 'user' } })
  })
})
