// Schedules that are due, fired on a real store by a clock that the test sets: each firing once, trouble stored, nobody kept waiting.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { until } from '../../test/contract/temporary.ts'
import { noArtifacts } from '../core/artifact.ts'
import type { Clock } from '../core/clock.ts'
import { limits } from '../core/limits.ts'
import { unlimited } from '../core/process-limits.ts'
import { openStore } from '../store/open-store.ts'
import type { NewJob, ScheduleRecord } from '../store/store.ts'
import type { House } from './house.ts'
import { fireDue, nextFiring, type ScheduledJobs } from './schedule-ticker.ts'
import { systemClock } from './system-clock.ts'

const noon = Date.UTC(2026, 6, 1, 12)
const minuteMs = 60_000

async function opened() {
  let now = noon
  const clock = { ...systemClock, now: () => now }
  const store = await openStore({ folder: '/nowhere', database: ':memory:', clock })
  after(() => store.close())
  const told: string[] = []
  const tell = (message: string) => void told.push(message)
  const logger = { info() {}, warn: tell, error: tell }
  // As much of it as firing needs.
  const closing = new AbortController()
  const house = { store, clock, logger, closing: closing.signal } as unknown as House
  const put = (name: string, more: Partial<ScheduleRecord> = {}) => {
    const schedule = { name, kind: 'scan', cron: '* * * * *', timeZone: 'UTC', input: null, missed: 'skip' as const, ...more }
    return store.schedules.put({ schedule: { ...schedule, nextAt: more.nextAt ?? nextFiring(schedule, now) }, now })
  }
  const find = async (name: string) => (await store.schedules.list({ name, limit: 1 }))[0]
  const jobs = () => store.jobs.list({ limit: 100 })
  const at = (instant: number) => {
    now = instant
  }
  return { house, told, put, find, jobs, at, close: () => closing.abort(new Error('closed')) }
}

const scans: ScheduledJobs = { kinds: ['scan'], make: async (schedule) => jobOf(schedule) }

function jobOf({ name, kind }: ScheduleRecord): NewJob {
  const spec = {
    run: { type: 'command' as const, argv: ['true'] },
    cwd: '/',
    environment: {},
    environmentFile: null,
    ...noArtifacts,
    stopGraceMs: 0,
    locks: [],
    retry: null,
    safeToRepeat: false,
    ...unlimited,
  }
  const when = { availableAt: 0, expireAfterMs: null, after: [], schedule: name }
  return { kind, name: null, queue: 'default', unique: null, input: null, spec, fingerprint: null, submittedBy: null, priority: 0, ...when }
}

test('fires when it is due, and moves on', async () => {
  const { house, put, find, jobs, at } = await opened()
  await put('minutely')
  await fireDue(house, scans)
  assert.deepEqual(await jobs(), [])
  at(noon + minuteMs)
  await fireDue(house, scans)
  await fireDue(house, scans)
  const [job, ...others] = await jobs()
  const fired = await find('minutely')
  assert.deepEqual([others.length, fired?.lastJobId, fired?.lastAt, fired?.nextAt], [0, job?.id, noon + minuteMs, noon + 2 * minuteMs])
})

test('several runners that see it due fire it once', async () => {
  const { house, put, jobs, at } = await opened()
  await put('minutely')
  for (let minute = 1; minute <= 5; minute++) {
    at(noon + minute * minuteMs)
    await Promise.all(Array.from({ length: 4 }, () => fireDue(house, scans)))
    assert.equal((await jobs()).length, minute)
  }
})

test('missed firings: skip waits for the next one and says so, once makes up for all with one job', async () => {
  const { house, told, put, find, jobs, at } = await opened()
  await put('skips')
  await put('catches-up', { missed: 'once' })
  at(noon + 90 * minuteMs)
  await fireDue(house, scans)
  assert.deepEqual([(await jobs()).length, (await find('catches-up'))?.lastJobId], [1, (await jobs())[0]?.id])
  assert.match((await find('skips'))?.trouble ?? '', /^missed at 2026-07-01T12:01/)
  assert.deepEqual(told.length, 1)
  assert.deepEqual([(await find('skips'))?.nextAt, (await find('catches-up'))?.nextAt], [noon + 91 * minuteMs, noon + 91 * minuteMs])
})

test('trouble with one is stored with it, and keeps no other waiting; it is gone with the next good firing', async () => {
  const { house, put, find, jobs, at } = await opened()
  await put('broken', { cron: '* * * * *' })
  await put('good')
  let isBroken = true
  const make = async (schedule: ScheduleRecord) => {
    if (schedule.name === 'broken' && isBroken) throw new Error('the input has no film')
    return jobOf(schedule)
  }
  at(noon + minuteMs)
  await fireDue(house, { ...scans, make })
  assert.deepEqual(
    [(await jobs()).length, (await find('broken'))?.trouble, (await find('good'))?.trouble],
    [1, 'the input has no film', null],
  )
  isBroken = false
  at(noon + 2 * minuteMs)
  await fireDue(house, { ...scans, make })
  assert.deepEqual([(await jobs()).length, (await find('broken'))?.trouble], [3, null])
})

test('a kind that is not known here is left to whoever knows it; a paused one to nobody', async () => {
  const { house, put, find, jobs, at } = await opened()
  const other = await put('other', { kind: 'mail' })
  await put('paused')
  await house.store.schedules.pause({ name: 'paused', paused: true, nextAt: null, by: null, now: noon })
  at(noon + minuteMs)
  await fireDue(house, scans)
  assert.deepEqual([await jobs(), (await find('other'))?.nextAt], [[], other.nextAt])
})

test('unknown kinds starve nobody, however many of their schedules are due', async () => {
  const { house, put, jobs, at } = await opened()
  for (let index = 0; index < limits.listPage; index++) await put(`mail-${index}`, { kind: 'mail' })
  await put('mine', { nextAt: noon + minuteMs + 1 })
  at(noon + minuteMs + 1)
  await fireDue(house, scans)
  assert.deepEqual(
    (await jobs()).map(({ kind }) => kind),
    ['scan'],
  )
  await fireDue(house, { ...scans, kinds: [] })
})

test('a time that cannot be worked out here: the schedule rests with the reason, and keeps no other waiting', async () => {
  const { house, told, put, find, jobs, at } = await opened()
  await put('martian', { timeZone: 'Mars/Olympus', nextAt: noon + minuteMs })
  await put('good')
  at(noon + minuteMs)
  await fireDue(house, scans)
  await fireDue(house, scans)
  const { nextAt, trouble, lastAt } = (await find('martian'))!
  assert.deepEqual([(await jobs()).length, nextAt, lastAt, told.length], [1, null, null, 1])
  assert.match(trouble ?? '', /^fires no more until .*Mars\/Olympus/)
  const again = await put('martian', { timeZone: 'Mars/Olympus', nextAt: noon + 9 * minuteMs })
  assert.deepEqual([again.nextAt, again.trouble], [noon + 9 * minuteMs, null])
})

test('a job that is never made is given up after ten seconds, and keeps no other waiting', async () => {
  const { house, put, find, jobs, at } = await opened()
  await put('hangs')
  await put('good')
  at(noon + minuteMs)
  let wake = () => {}
  const slept: number[] = []
  const sleep: Clock['sleep'] = (ms, signal) =>
    new Promise((resolve, reject) => {
      slept.push(ms)
      signal?.addEventListener('abort', () => reject(signal.reason))
      if (slept.length === 1) wake = resolve
    })
  const make = (schedule: ScheduleRecord) => (schedule.name === 'hangs' ? new Promise<NewJob>(() => {}) : scans.make(schedule))
  const fired = fireDue({ ...house, clock: { ...house.clock, sleep } }, { ...scans, make })
  await until('the good one', async () => (await jobs()).length === 1)
  wake()
  await fired
  const hung = await find('hangs')
  assert.deepEqual([slept, hung?.nextAt], [[10_000, 10_000], noon + 2 * minuteMs])
  assert.match(hung?.trouble ?? '', /not checked within 10 seconds/)
})

test('closing ends the wait for a job that is never made, and its firing stays due', async () => {
  const { house, told, put, find, at, close } = await opened()
  await put('hangs')
  at(noon + minuteMs)
  const fired = fireDue(house, { ...scans, make: () => new Promise<NewJob>(() => {}) })
  close()
  await fired
  assert.deepEqual([(await find('hangs'))?.nextAt, told], [noon + minuteMs, []])
})

test('trouble of the store with one schedule is told, and the next one is seen to', async () => {
  const { house, told, put, jobs, at } = await opened()
  await put('a')
  await put('b')
  at(noon + minuteMs)
  // What no JSON can hold is none of our mistakes; the store refuses it like a database that is in trouble.
  const make = async (schedule: ScheduleRecord) => ({ ...jobOf(schedule), ...(schedule.name === 'a' ? { input: 1n as never } : {}) })
  await fireDue(house, { ...scans, make })
  assert.deepEqual([(await jobs()).length, told.length], [1, 1])
  assert.match(told[0] ?? '', /^schedule a could not be fired: /)
})

test('a firing that the unique key refuses is told with the schedule, and is none', async () => {
  const { house, put, find, jobs, at } = await opened()
  await put('minutely')
  const make = async (schedule: ScheduleRecord) => ({ ...jobOf(schedule), unique: { key: '*', policy: 'refuse' as const } })
  at(noon + minuteMs)
  await fireDue(house, { ...scans, make })
  const first = await find('minutely')
  at(noon + 2 * minuteMs)
  await fireDue(house, { ...scans, make })
  const { trouble, lastAt, lastJobId, nextAt } = (await find('minutely'))!
  assert.deepEqual([(await jobs()).length, first?.trouble, lastAt, lastJobId], [1, null, first?.lastAt, first?.lastJobId])
  assert.deepEqual([nextAt, trouble], [noon + 3 * minuteMs, `no job: job ${lastJobId} with the same unique key is queued`])
})
