// When a schedule fires: late, missed, in a burst; and at the two nights of the year when the clock is set.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Cron } from 'croner'
import fc from 'fast-check'
import { limits } from './limits.ts'
import { firingOf, type MissedPolicy } from './schedule.ts'

const late = limits.scheduleLateMs
const everyTenMinutes = (instant: number) => (Math.floor(instant / 600_000) + 1) * 600_000

describe('schedule', () => {
  const firing = (missed: MissedPolicy, now: number, dueAt = 600_000) => firingOf({ dueAt, missed, now, nextAfter: everyTenMinutes })

  test('not before it is due, and the clock set back changes nothing', () => {
    for (const missed of ['skip', 'once'] as const)
      for (const now of [0, 599_999]) assert.deepEqual(firing(missed, now), { fires: false, nextAt: 600_000 })
  })

  test('at its time, and late by no more than the tolerance, it fires whatever the policy', () => {
    for (const missed of ['skip', 'once'] as const)
      for (const now of [600_000, 600_001, 600_000 + late]) assert.deepEqual(firing(missed, now), { fires: true, nextAt: 1_200_000 })
  })

  test('later than that it was missed: `skip` waits for the next one, `once` makes up for it', () => {
    assert.deepEqual(firing('skip', 600_001 + late), { fires: false, nextAt: 1_200_000 })
    assert.deepEqual(firing('once', 600_001 + late), { fires: true, nextAt: 1_200_000 })
  })

  test('a week asleep is made up for by one job, or none, and then it goes on with the next one', () => {
    const awake = 7 * 86_400_000 + 5 * 60_000
    assert.deepEqual(firing('once', awake), { fires: true, nextAt: everyTenMinutes(awake) })
    assert.deepEqual(firing('skip', awake), { fires: false, nextAt: everyTenMinutes(awake) })
  })

  test('two firings between two looks are one job', () => {
    const everySecond = (instant: number) => (Math.floor(instant / 1_000) + 1) * 1_000
    assert.deepEqual(firingOf({ dueAt: 1_000, missed: 'skip', now: 3_500, nextAfter: everySecond }), { fires: true, nextAt: 4_000 })
  })

  test('a schedule that has no next time has none', () => {
    assert.deepEqual(firingOf({ dueAt: 5, missed: 'once', now: 5, nextAfter: () => null }), { fires: true, nextAt: null })
  })

  test('looked at however often: each firing makes one job at most, the next is never in the past, and who looks in time misses none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3_000_000 }), { minLength: 1, maxLength: 60 }),
        fc.constantFrom('skip', 'once'),
        (gaps, missed) => {
          let [now, dueAt, fired] = [0, 600_000, 0]
          const due = new Set<number>()
          for (const gap of gaps) {
            now += gap
            const { fires, nextAt } = firing(missed as MissedPolicy, now, dueAt)
            assert.ok(nextAt !== null && nextAt > now)
            if (fires) {
              assert.ok(!due.has(dueAt), 'fired twice')
              due.add(dueAt)
              fired++
            }
            assert.equal(fires, now >= dueAt && (missed === 'once' || now - dueAt <= late))
            dueAt = nextAt
          }
          assert.ok(fired <= Math.floor(now / 600_000))
        },
      ),
    )
  })
})

describe('schedule in Europe/Berlin, 2026', () => {
  test('02:30 every day: one job a day, also where 02:30 is missing in March and there twice in October', () => {
    const spring = firings('30 2 * * *', '2026-03-27T00:00Z', '2026-04-01T00:00Z')
    assert.deepEqual(spring, ['03-27 02:30 +1', '03-28 02:30 +1', '03-29 03:00 +2', '03-30 02:30 +2', '03-31 02:30 +2'])
    const autumn = firings('30 2 * * *', '2026-10-23T00:00Z', '2026-10-28T00:00Z')
    assert.deepEqual(autumn, ['10-23 02:30 +2', '10-24 02:30 +2', '10-25 02:30 +2', '10-26 02:30 +1', '10-27 02:30 +1'])
  })

  test('every hour: one job an hour of real time; two at different offsets where the clock shows the same hour twice', () => {
    const spring = firings('0 * * * *', '2026-03-28T23:30Z', '2026-03-29T03:30Z')
    assert.deepEqual(spring, ['03-29 01:00 +1', '03-29 03:00 +2', '03-29 04:00 +2', '03-29 05:00 +2'])
    const autumn = firings('0 * * * *', '2026-10-24T22:30Z', '2026-10-25T02:30Z')
    assert.deepEqual(autumn, ['10-25 01:00 +2', '10-25 02:00 +2', '10-25 02:00 +1', '10-25 03:00 +1'])
  })

  test('a runner that wakes after the change makes up for the missing hour once, or skips it', () => {
    const nextAfter = after('30 2 * * *')
    const dueAt = nextAfter(Date.parse('2026-03-28T12:00Z')) ?? assert.fail()
    const now = Date.parse('2026-03-29T06:00Z')
    for (const missed of ['skip', 'once'] as const) {
      const { fires, nextAt } = firingOf({ dueAt, missed, now, nextAfter })
      assert.deepEqual([fires, nextAt], [missed === 'once', Date.parse('2026-03-30T00:30Z')])
    }
  })
})

function after(cron: string): (instant: number) => number | null {
  const expression = new Cron(cron, { timezone: 'Europe/Berlin', paused: true })
  return (instant) => expression.nextRun(new Date(instant))?.getTime() ?? null
}

/** Local time and offset of each firing, by a runner that looks every ten seconds and a little. */
function firings(cron: string, from: string, until: string): string[] {
  const nextAfter = after(cron)
  const fired: string[] = []
  let dueAt = nextAfter(Date.parse(from))
  for (let now = Date.parse(from); now < Date.parse(until); now += 10_007) {
    const firing = firingOf({ dueAt: dueAt ?? assert.fail(), missed: 'skip', now, nextAfter })
    if (firing.fires) fired.push(inBerlin(dueAt ?? assert.fail()))
    dueAt = firing.nextAt
  }
  return fired
}

function inBerlin(instant: number): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Berlin',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'shortOffset',
  }).formatToParts(instant)
  const part = (type: string) => parts.find((one) => one.type === type)?.value
  return `${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${part('timeZoneName')?.replace('GMT', '')}`
}
