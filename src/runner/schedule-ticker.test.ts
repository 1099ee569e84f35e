// Schedules that are due, fired on a real store by a clock that the test sets: each firing once, trouble stored, nobody kept waiting.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
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
  const logger = { info() {}, warn: (message: string) => void told.push(message), error() {} }
  // As much of it as firing needs.
  const house = { store, clock, logger } as unknown as House
  const put = (name: string, more: Partial<ScheduleRecord> = {}) => {
    const schedule = { name, kind: 'scan', cron: '* * * * *', timeZone: 'UTC', input: null, missed: 'skip' as const, ...more }
    return store.schedules.put({ schedule: { ...schedule, nextAt: nextFiring(schedule, now) }, now })
  }
  const find = async (name: string) => (await store.schedules.list({ limit: 10 })).find((one) => one.name === name)
  const jobs = () => store.jobs.list({ limit: 100 })
  const at = (instant: number) => {
    now = instant
  }
  return { house, told, put, find, jobs, at }
}

const scans: ScheduledJobs = { knows: (kind) => kind === 'scan', make: async (schedule) => jobOf(schedule) }

function jobOf({ name, kind }: ScheduleRecord): NewJob {
  const spec = {
    run: { type: 'command' as const, argv: ['true'] },
    cwd: '/',
    environment: {},
    environmentFile: null,
    artifacts: [],
    stopGraceMs: 0,
    locks: [],
    retry: null,
    safeToRepeat: false,
  }
  const when = { availableAt: 0, expireAt: null, after: [], schedule: name }
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
