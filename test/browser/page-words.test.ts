// What the dashboard's pages say: what needs somebody, how everything stands, job types, schedules.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Cron } from 'croner'
import fc from 'fast-check'
import { lastWords, stripWords, takesNothing } from '../../dashboard/src/job-types/kind-words.ts'
import { askedOf, attentionMs, attentionOf, dismissalOf, isMadeGood } from '../../dashboard/src/overview/attention.ts'
import { standingSentence } from '../../dashboard/src/overview/overview-words.ts'
import { cronWords } from '../../dashboard/src/schedules/cron-words.ts'
import { isElsewhere, timeIn } from '../../dashboard/src/schedules/instants-in-zone.ts'
import { isoOf, localOf } from '../../dashboard/src/start/instants.ts'
import type { ArtifactView, Job, KindActivity } from '../../src/client/index.ts'
import { job as plainJob } from './stories/jobs.ts'

const hour = 3_600_000
const now = Date.UTC(2026, 10, 29, 14)
const ended = (said: Partial<Job>): Job =>
  plainJob({ state: 'failed', uniqueKey: null, finishedAt: now - hour, startedAt: now - 2 * hour, ...said })

test('what needs somebody comes in the order of how much, and what is old, dismissed or made good is no news', () => {
  const stalled = plainJob({
    id: 1,
    state: 'running',
    stalled: { silentMs: 5_000, since: now, lookedAt: now, heartbeats: 'any', process: null, lastLine: null },
  })
  const failed = ended({ id: 2, name: 'Frames' })
  const interrupted = ended({ id: 3, state: 'interrupted', name: 'Research' })
  const old = ended({ id: 4, name: 'Old', finishedAt: now - attentionMs - 1 })
  const seen = ended({ id: 5, name: 'Seen' })
  const good = ended({ id: 6, name: 'Letter' })
  const required = { name: 'people', required: true, building: null } as ArtifactView
  const built = { name: 'films', required: true, building: {} } as ArtifactView
  const told = attentionOf({
    active: [plainJob({ id: 9, state: 'running', stalled: null }), stalled],
    ended: [interrupted, good, seen, old, failed],
    madeGood: { kinds: [], succeeded: [ended({ id: 7, state: 'succeeded', name: 'Letter', finishedAt: now })] },
    artifacts: [built, required],
    dismissed: new Set([dismissalOf(seen)]),
    now,
  })
  assert.deepEqual(
    told.map((need) => (need.is === 'required' ? `required ${need.artifact.name}` : `${need.is} ${need.job.id}`)),
    ['stalled 1', 'failed 2', 'interrupted 3', 'required people'],
  )
  assert.notEqual(dismissalOf({ ...seen, attempts: 2 }), dismissalOf(seen), 'one that fails once more is told once more')
})

test('a failure is made good by a later success of its key; without a key of the same name, input and command', () => {
  const key = (said: Partial<KindActivity>) => ({
    kinds: [{ kind: 'rebuild', key: 'a', succeededAt: now, ...said } as KindActivity],
    succeeded: [],
  })
  const keyed = ended({ kind: 'rebuild', uniqueKey: 'a' })
  assert.equal(isMadeGood(keyed, key({})), true)
  assert.equal(isMadeGood(keyed, key({ succeededAt: now - 2 * hour })), false, 'before it failed')
  assert.equal(isMadeGood(keyed, key({ key: 'b' })), false)
  assert.equal(isMadeGood(keyed, key({ key: null })), false, 'another key of the kind')
  const failed = ended({ name: 'Frames', input: { episode: 5 } })
  const later = (said: Partial<Job>) => ({
    kinds: [],
    succeeded: [{ ...failed, id: 9, state: 'succeeded' as const, finishedAt: now, ...said }],
  })
  assert.equal(isMadeGood(failed, later({})), true)
  for (const other of [
    { input: { episode: 6 } },
    { name: 'Faces' },
    { command: ['true'] },
    { kind: 'other' },
    { finishedAt: now - 2 * hour },
  ])
    assert.equal(isMadeGood(failed, later(other)), false, JSON.stringify(other))
  assert.equal(
    isMadeGood({ ...failed, omitted: ['input'], input: null }, later({ omitted: ['input'], input: null })),
    false,
    'what is not told',
  )
  assert.deepEqual(askedOf([keyed, keyed, ended({ kind: 'rebuild', uniqueKey: 'server 3/x' }), failed]), {
    keys: ['rebuild/a', 'rebuild/server%203%2Fx'],
    kinds: [failed.kind],
  })
})

test('how everything stands, in words', () => {
  const today = (...states: Job['state'][]) => states.map((state) => ended({ state }))
  const said = (standing: Partial<Parameters<typeof standingSentence>[0]>) =>
    standingSentence({ running: 0, stalled: 0, waiting: 0, today: [], isMore: false, ...standing })
  assert.equal(said({}), 'Nothing is running. None has finished today.')
  assert.equal(said({ waiting: 1 }), 'Nothing is running, one job waits. None has finished today.')
  assert.equal(
    said({ running: 3, stalled: 1, today: today(...Array(15).fill('succeeded'), 'failed', 'interrupted') }),
    'Three jobs are running, one has gone silent. Of 17 that finished today, one failed and one was interrupted.',
  )
  assert.equal(said({ stalled: 2, today: today('failed') }), 'Two jobs have gone silent. The one that finished today failed.')
  assert.equal(said({ running: 1, today: today('succeeded', 'succeeded') }), 'One job is running. All 2 that finished today succeeded.')
  assert.equal(
    said({ running: 13, isMore: true, today: today(...Array(19).fill('succeeded'), 'cancelled') }),
    '13 jobs are running. Of the last 20 that finished, one was cancelled.',
  )
})

test('a job type: its last job, its last thirty, and whether it takes an input', () => {
  const plain = (text: string) => text.replaceAll('\u202f', ' ')
  assert.equal(plain(lastWords(ended({ state: 'succeeded', startedAt: now - hour - 41_000 }), now)), 'Succeeded 1 h ago, took 41 s')
  assert.equal(
    plain(lastWords(ended({ failure: { kind: 'exit', message: 'out of memory', lastLines: [], logSeq: null } }), now)),
    'Failed 1 h ago: out of memory',
  )
  assert.equal(lastWords(null, now), 'No job of it has ended yet')
  const settled = (state: Job['state'], took: number | null) => ({
    id: 1,
    state,
    startedAt: took === null ? null : now,
    finishedAt: now + (took ?? 0),
  })
  assert.equal(
    stripWords([settled('failed', 1_000), settled('succeeded', 1_000), settled('succeeded', 41_000)]),
    'Last 3 jobs: 1 failed, 2 succeeded; the newest took 0:41',
  )
  assert.equal(stripWords([settled('cancelled', null)]), 'Last job: 1 cancelled')
  assert.deepEqual([null, { type: 'object', properties: {} }, { type: 'object', properties: { a: {} } }, true].map(takesNothing), [
    true,
    true,
    false,
    false,
  ])
})

test('cron in words, or the expression itself where there are none', () => {
  const told = {
    '0 3 * * *': 'Every day at 03:00',
    '@daily': 'Every day at 00:00',
    '0 30 2 * * *': 'Every day at 02:30',
    '30 2 * * 1-5': 'Monday to Friday at 02:30',
    '0 9 * * mon,THU': 'Every Monday and Thursday at 09:00',
    '0 0 * * 7': 'Every Sunday at 00:00',
    '*/15 * * * *': 'Every 15 minutes',
    '* * * * *': 'Every minute',
    '@hourly': 'Every hour',
    '5 * * * *': 'Every hour, 5 min past',
    '0 */6 * * *': 'Every 6 hours',
    '*/15 9-17 * * 1-5': 'Monday to Friday every 15 minutes from 09:00 to 17:59',
    '30 4 1 * *': 'On day 1 of each month at 04:30',
    '@yearly': 'Each year on 1 January at 00:00',
  }
  for (const [cron, words] of Object.entries(told)) {
    assert.equal(cronWords(cron), words)
    assert.ok(new Cron(cron, { timezone: 'UTC' }).nextRun(), `${cron} is one for the server too`)
  }
  for (const cron of ['*/10 * * * * *', '0 3 1,15 * *', '0 3 L * *', '1,2 * * * *', '0 3 * 6 *', 'at noon', ''])
    assert.equal(cronWords(cron), cron)
})

test('instants by the clock of a zone: the day is said by name when it is near', () => {
  assert.equal(timeIn(now + hour, now, 'UTC'), 'today 15:00')
  assert.equal(timeIn(now + 12 * hour, now, 'UTC'), 'tomorrow 02:00')
  assert.equal(timeIn(now + 9 * hour, now, 'Asia/Tokyo'), 'tomorrow 08:00')
  assert.equal(timeIn(now + 48 * hour, now, 'America/New_York'), 'Tue 1 Dec 09:00')
  assert.deepEqual(
    [isElsewhere('Pacific/Kiritimati', now), isElsewhere(Intl.DateTimeFormat().resolvedOptions().timeZone, now)],
    [true, false],
  )
})

test('an instant of a schema goes into the field of the browser and comes back the same', () => {
  const seconds = fc.integer({ min: 0, max: 4_000_000_000 })
  fc.assert(
    fc.property(seconds, (second) => {
      const iso = new Date(second * 1_000).toISOString().replace('.000Z', 'Z')
      assert.equal(isoOf(localOf(iso)), iso)
    }),
  )
  assert.deepEqual([localOf(''), isoOf('')], ['', ''])
})
