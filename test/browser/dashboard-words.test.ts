// What the dashboard says: numbers, times, progress and outcomes in words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job, JobDetail, Progress } from '../../src/client/index.ts'
import { amount, rate } from '../../src/views/amounts.ts'
import { about, ago, duration, percent, roundDuration, sinceThen, stopwatch } from '../../src/views/format.ts'
import { progressOf } from '../../src/views/job-progress.ts'
import {
  endingOf,
  factsOf,
  lookOf,
  oneLine,
  outcomeOf,
  reasonLine,
  shellWords,
  subtitleOf,
  titleOf,
  tookMs,
  wholeTitleOf,
} from '../../src/views/job-words.ts'
import { resumeWords } from '../../src/views/resume-words.ts'

const second = 1_000
const minute = 60 * second
const startedAt = Date.UTC(2026, 10, 22, 14, 2)

test('durations, from tenths of a second to days', () => {
  const texts = [0, 52, 109, second, 5_549, 9_999, 52 * second, 12 * minute + 31 * second, 124 * minute, 100 * 60 * minute].map((ms) =>
    plain(duration(ms)),
  )
  assert.deepEqual(texts, ['< 0.1 s', '< 0.1 s', '0.1 s', '1.0 s', '5.5 s', '9.9 s', '52 s', '12 min 31 s', '2 h 04 min', '4 d 4 h'])
  assert.deepEqual(
    [minute, 61 * second, 60 * minute, 4_500].map((ms) => plain(roundDuration(ms))),
    ['1 min', '1 min 01 s', '1 h', '4 s'],
  )
  assert.deepEqual(
    [200, 4 * second, 2 * minute].map((ms) => plain(sinceThen(ms))),
    ['just now', '4 s ago', '2 min ago'],
  )
  assert.deepEqual(
    [109, 52 * second, 751 * second, 7_449 * second].map((ms) => plain(stopwatch(ms))),
    ['0.1 s', '0:52', '12:31', '2:04:09'],
  )
  assert.deepEqual(
    [5 * second, 5 * minute, 50 * 60 * minute].map((ms) => plain(ago(ms))),
    ['just now', '5 min ago', '2 days ago'],
  )
})

test('a percentage is never rounded up to done', () => {
  assert.deepEqual(
    [0, 0.4299, 0.999, 1, 7].map((fraction) => plain(percent(fraction))),
    ['0 %', '42 %', '99 %', '100 %', '100 %'],
  )
})

test('amounts and rates in the unit of the job', () => {
  assert.equal(amount(1_344, 3_201, 'films'), '1,344 of 3,201 films')
  assert.equal(amount(9, null, 'pages'), '9 pages so far')
  assert.equal(plain(amount(326e6, 480e6, 'bytes')), '326 of 480 MB')
  assert.deepEqual(
    [4.7 / second, 12 / minute, 0.05 / minute].map((perMs) => rate(perMs, 'films')),
    ['4.7 a second', '12 a minute', '3 an hour'],
  )
  assert.deepEqual(
    [4 * second, 31 * second, 7 * minute].map((ms) => plain(about(ms))),
    ['a few seconds', 'about 30 s', 'about 7 min'],
  )
})

test('a rate only after 10 % and 10 s', () => {
  const at = (done: number, afterMs: number) =>
    progressOf(job({ progress: progress({ done, total: 100, updatedAt: startedAt + afterMs }) }), startedAt + afterMs)
  assert.equal(at(9, minute)?.amount, '9 of 100 films')
  assert.equal(at(50, 9 * second)?.amount, '50 of 100 films')
  assert.equal(at(50, minute)?.amount, '50 of 100 films, 50 a minute')
})

test('the time left is what the server says, less what has passed since; of the phase where no more is known', () => {
  const left = (remaining: JobDetail['remaining'], now: number) =>
    plain(progressOf({ ...job({ progress: progress({}) }), remaining }, now)?.left ?? 'nothing said')
  assert.equal(left({ jobMs: 7 * minute, phaseMs: minute, at: startedAt }, startedAt), 'about 7 min left')
  assert.equal(left({ jobMs: 7 * minute, phaseMs: minute, at: startedAt }, startedAt + 3 * minute), 'about 4 min left')
  assert.equal(left({ jobMs: null, phaseMs: minute, at: startedAt }, startedAt), 'about 1 min left in this phase')
  assert.equal(left({ jobMs: minute, phaseMs: null, at: startedAt }, startedAt + 2 * minute), 'nothing said')
  assert.equal(left(null, startedAt), 'nothing said')
})

test('phases fill the tideline up to the current one; later ones have no name yet', () => {
  const view = progressOf(job({ progress: progress({ done: 42, total: 100 }) }), startedAt)
  assert.deepEqual(view?.segments, ['done', 'now', 'later', 'later', 'later'])
  assert.deepEqual(
    view?.steps.map(({ name, look, span }) => [name, look, span]),
    [
      ['Read', 'done', 1],
      ['Embed', 'now', 1],
      ['3 more phases', 'later', 3],
    ],
  )
  assert.equal(view?.sentence, 'Phase 2 of 5, Embed, 42 of 100 films, 42 percent')
})

test('an unknown amount is hatched and has no number; without phases and amount there is no bar', () => {
  const unknown = progressOf(job({ progress: progress({ done: 9, total: null }) }), startedAt)
  assert.deepEqual([unknown?.segments[1], unknown?.percent, unknown?.amount], ['unknown', null, '9 films so far'])
  assert.deepEqual(progressOf(job({ progress: { ...progress({}), phase: null, phases: [] } }), startedAt)?.segments, [])
  assert.equal(progressOf(job({}), startedAt), null)
})

test('a job that succeeded has done every phase; one that failed says what was not reached', () => {
  const done = progressOf(job({ state: 'succeeded', finishedAt: startedAt + minute, progress: progress({}) }), startedAt)
  assert.ok(done?.segments.every((look) => look === 'done') && done.steps.every(({ look }) => look === 'done'))
  const failed = progressOf(job({ state: 'failed', finishedAt: startedAt + minute, progress: progress({ done: 1, total: 4 }) }), startedAt)
  assert.deepEqual(failed?.steps.at(-1), { name: '3 more phases', look: 'later', note: 'not reached', span: 3, from: null })
})

test('a job that begins in its second phase has no more to come than there are, and stands under its own segment', () => {
  const phases = [{ name: 'Embed', startedAt, finishedAt: null }]
  const view = progressOf(job({ progress: progress({ phase: { name: 'Embed', index: 2, of: 4 }, phases }) }), startedAt)
  assert.deepEqual(
    view?.steps.map(({ name, span, from }) => [name, span, from]),
    [
      ['Embed', 1, 2],
      ['2 more phases', 2, null],
    ],
  )
})

test('more phases than can be drawn are still counted right', () => {
  const view = progressOf(job({ progress: progress({ phase: { name: 'Embed', index: 30, of: 60 } }) }), startedAt)
  assert.equal(view?.position, '30 of 60')
  assert.equal(view?.segments.length, 24)
  assert.equal(view?.segments.indexOf('unknown'), 11)
  assert.equal(view?.steps.at(-1)?.name, '30 more phases')
})

test('a command without a name is called by its words, cut in titles and whole beside them', () => {
  const ran = job({ kind: 'command', command: ['sh', '-c', 'echo hi'] })
  assert.equal(titleOf(ran, new Map([['command', 'Command']])), `sh -c 'echo hi'`)
  assert.equal(shellWords(['echo', '', `it's`, 'a=b/c.d']), `echo '' 'it'\\''s' a=b/c.d`)
  const long = job({ kind: 'command', command: ['seq', '9'.repeat(200)] })
  assert.equal(titleOf(long, new Map()).length, 80)
  assert.ok(titleOf(long, new Map()).endsWith('9…'))
  assert.equal(wholeTitleOf(long, new Map()).length, 204)
  assert.deepEqual(
    [titleOf({ ...ran, name: 'Hello' }, new Map()), subtitleOf({ ...ran, name: 'Hello' }, new Map())],
    ['Hello', `sh -c 'echo hi'`],
  )
  assert.equal(titleOf(job({}), new Map([['rebuild', 'Rebuild']])), 'Rebuild')
})

test('how a job ended, and the first facts of a small flat result', () => {
  const ended = { startedAt, finishedAt: startedAt + 5_549 }
  assert.equal(plain(endingOf(job({ ...ended, state: 'succeeded' }))), 'Succeeded in 5.5 s')
  assert.equal(plain(endingOf(job({ finishedAt: startedAt, state: 'succeeded' }))), 'Succeeded in less than 0.1 s')
  assert.equal(plain(endingOf(job({ ...ended, state: 'cancelled' }))), 'Cancelled after 5.5 s')
  assert.equal(endingOf(job({ state: 'cancelled', startedAt: null, finishedAt: startedAt })), 'Cancelled')
  assert.deepEqual(factsOf({ films: 2_659, neighbours: 40, mode: 'full', more: 1 }), ['2,659 films', '40 neighbours', 'mode: full'])
  assert.deepEqual(factsOf({ note: 'x'.repeat(80), films: 3 }), ['3 films'])
  for (const other of [null, 'ok', [1, 2], {}, { films: { read: 3 } }, { list: [1], films: 3 }]) assert.deepEqual(factsOf(other), [])
})

test('what a queued job waits for, in a line', () => {
  const line = (waitingFor: Job['waitingFor'], more: Partial<Job> = {}) =>
    outcomeOf(job({ state: 'queued', waitingFor, ...more }), startedAt)
  assert.equal(line({ for: 'key', key: 'server:3', heldBy: [41, 44] }), 'for key server:3, held by #41, #44')
  assert.equal(line({ for: 'key', key: 'server:3', heldBy: [] }), 'for key server:3, in line behind an earlier job')
  assert.equal(line({ for: 'unique key', heldBy: [7] }), 'for #7, which does the same')
  assert.equal(line({ for: 'job', jobs: [2, 3] }), 'for #2, #3 to succeed')
  assert.equal(line({ for: 'queue paused', queue: 'night', by: 'ana' }), 'queue night is paused by ana')
  assert.equal(line({ for: 'kind paused', by: null }), 'this job type is paused')
  assert.equal(line({ for: 'queue full', queue: 'gpu', concurrency: 2 }), 'in line, queue gpu runs 2 at a time')
  assert.equal(line({ for: 'slot' }), 'in line for a free slot')
  assert.match(line({ for: 'runner that knows this kind' }), /is its app running/)
  const failure: NonNullable<Job['failure']> = { kind: 'exit', message: 'connection refused', lastLines: [], logSeq: 2 }
  assert.match(line({ for: 'time', until: startedAt + minute }, { attempts: 1, failure }), /^tries again at .*: connection refused$/)
  assert.match(line({ for: 'time', until: startedAt + minute }), /^starts at /)
})

test('the state in a word, with what a queued job waits for', () => {
  const words = (['ready', 'time', 'key', 'job', 'kind paused'] as const).map((hold) => lookOf(job({ state: 'queued', hold })).word)
  assert.deepEqual(words, ['Queued', 'Scheduled', 'Waiting', 'Waiting', 'Paused'])
  assert.equal(lookOf(job({ state: 'queued', hold: 'time', attempts: 1 })).word, 'Retrying')
  assert.equal(lookOf(job({ state: 'stopping', stopReason: 'cancel' })).word, 'Cancelling')
  assert.equal(lookOf(job({ state: 'stopping', stopReason: 'timeout' })).word, 'Stopping')
  assert.deepEqual(lookOf(job({ state: 'succeeded' })), { tone: 'succeeded', icon: 'check', word: 'Succeeded', filled: false })
})

test('the line in the list: result, reason, who cancelled', () => {
  assert.equal(outcomeOf(job({ state: 'succeeded', result: { words: 2_904, mode: 'full', list: [1] } }), 0), '2,904 words, mode: full')
  assert.equal(outcomeOf(job({ state: 'succeeded', artifacts: ['films'], result: null }), 0), 'published films')
  assert.equal(outcomeOf(job({ state: 'cancelled', stopAskedBy: 'ana', startedAt: null }), 0), 'by ana, before it started')
  assert.equal(
    outcomeOf(job({ state: 'failed', failure: { kind: 'exit', message: 'Out of memory', lastLines: [], logSeq: 1 } }), 0),
    'Out of memory',
  )
  assert.deepEqual([oneLine(null), oneLine([1]), oneLine([1, 2]), oneLine(true)], ['', '1 entry', '2 entries', 'true'])
})

test('a log line is called the reason only when it says what the failure says', () => {
  const failure = {
    kind: 'exit',
    message: 'no such file: ratings.csv',
    lastLines: ['error: no such file: ratings.csv', 'bye'],
    logSeq: 7,
  } as const
  assert.equal(reasonLine(job({ state: 'failed', failure: { ...failure, lastLines: [...failure.lastLines] } })), 7)
  assert.equal(reasonLine(job({ state: 'failed', failure: { ...failure, message: 'Exited with code 1', lastLines: ['bye'] } })), null)
  assert.equal(reasonLine(job({ state: 'interrupted', failure: { ...failure, lastLines: [...failure.lastLines] } })), null)
})

test('time taken is never negative, and unknown before the start', () => {
  assert.equal(tookMs(job({}), startedAt - minute), 0)
  assert.equal(tookMs(job({ startedAt: null }), startedAt), null)
  assert.equal(tookMs(job({ finishedAt: startedAt + minute }), startedAt + 2 * minute), minute)
})

test('a resume is called by what was saved, not by what was reached after it; without a checkpoint there is none', () => {
  const saved = { at: startedAt, phase: 'Embed', done: 1_344, total: 3_201, unit: 'films' }
  const reached = { state: 'failed', progress: progress({ done: 3_000, total: 3_201 }) } as const
  const words = (said: Partial<Job>) => plain(resumeWords(job({ ...reached, ...said })) ?? 'none')
  assert.equal(words({ saved: null }), 'none')
  assert.equal(words({ saved }), 'Resume from 41 %')
  assert.equal(words({ saved: { ...saved, total: null } }), 'Resume', 'of an unknown amount')
  assert.equal(words({ saved: { ...saved, phase: 'Read', done: 3_201 } }), 'Resume', 'in a phase before')
  assert.equal(words({ saved: { ...saved, phase: null } }), 'Resume', 'before the first phase')
  assert.equal(words({ saved, progress: null }), 'Resume', 'it was tried again and ended before it said anything')
  const bare = progress({ phase: null, done: 3_000, total: 3_201 })
  assert.equal(words({ saved: { ...saved, phase: null }, progress: bare }), 'Resume from 41 %', 'a job without phases')
  assert.equal(words({ saved, kind: 'command', command: ['make'] }), 'none', 'a command of the moment')
})

function plain(text: string): string {
  return text.replaceAll('\u202f', ' ')
}

function progress(said: Partial<Progress>): Progress {
  const phases = [
    { name: 'Read', startedAt: startedAt - minute, finishedAt: startedAt },
    { name: 'Embed', startedAt, finishedAt: null },
  ]
  return {
    phase: { name: 'Embed', index: 2, of: 5 },
    done: null,
    total: null,
    unit: 'films',
    message: null,
    phases,
    updatedAt: startedAt,
    ...said,
  }
}

function job(said: Partial<Job>): Job {
  return {
    id: 42,
    kind: 'rebuild',
    name: null,
    queue: 'default',
    state: 'running',
    hold: 'ready',
    schedule: null,
    priority: 0,
    uniqueKey: null,
    input: null,
    result: null,
    omitted: [],
    command: null,
    submittedBy: null,
    submittedAt: startedAt,
    availableAt: startedAt,
    expireAt: null,
    waitingFor: null,
    locks: [],
    timeoutMs: null,
    limits: {},
    startedAt,
    finishedAt: null,
    attempts: 0,
    mostAttempts: 1,
    exitCode: null,
    signal: null,
    failure: null,
    stopReason: null,
    stopWhy: null,
    stopAskedBy: null,
    flags: [],
    stall: null,
    stalled: null,
    waitedAt: null,
    progress: null,
    saved: null,
    heartbeatAt: null,
    logLines: 0,
    artifacts: [],
    fingerprint: null,
    version: 1,
    ...said,
  }
}
