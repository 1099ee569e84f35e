// The pure side of the page: which condition follows from what, and what the card and the posters say.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job, Snapshot } from 'holdfast'
import { type Film, filmsPath, readFilms } from '../index/films.ts'
import { clock, duration, when } from './format.ts'
import { looksOf, posters } from './poster.ts'
import { rebuildCard } from './rebuild-card.ts'
import { type Known, rebuildState } from './rebuild-state.ts'

const now = Date.UTC(2026, 2, 4, 12)
const job: Job = {
  id: 7,
  kind: 'rebuild',
  name: null,
  queue: 'default',
  state: 'succeeded',
  hold: 'ready',
  priority: 0,
  uniqueKey: '*',
  input: null,
  result: null,
  omitted: [],
  command: null,
  submittedBy: 'page',
  submittedAt: now - 9_000,
  availableAt: 0,
  expireAt: null,
  waitingFor: null,
  locks: [],
  timeoutMs: null,
  limits: {},
  startedAt: now - 9_000,
  finishedAt: now - 5_000,
  attempts: 1,
  mostAttempts: 1,
  exitCode: 0,
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
  heartbeatAt: null,
  logLines: 0,
  artifacts: [],
  fingerprint: 'minVotes=200 neighbours=40',
  version: 1,
}
const snapshot = { artifact: 'watch-index', number: 3, jobId: 7, publishedAt: now - 5_000 } as Snapshot
const saved = { minVotes: 200, neighbours: 40, results: 12, variety: 35, generation: 2, savedAt: 0 }
const known: Known = { job, pid: null, snapshot, built: { minVotes: 200, neighbours: 40 }, saved, now }
const condition = (change: Partial<Known>) => rebuildState({ ...known, ...change }).condition

test('the condition follows from the newest rebuild, the index and the settings', () => {
  const changed = { ...saved, minVotes: 500 }
  assert.equal(condition({ job: null, snapshot: null, built: null }), 'idle')
  assert.equal(condition({}), 'succeeded')
  assert.equal(condition({ now: now + 2 * 3_600_000 }), 'idle')
  assert.equal(condition({ saved: changed }), 'required')
  for (const state of ['queued', 'running', 'stopping'] as const)
    assert.equal(condition({ job: { ...job, state }, saved: changed }), 'rebuilding')
  assert.equal(condition({ job: { ...job, state: 'failed' }, saved: changed }), 'failed')
  for (const state of ['cancelled', 'interrupted'] as const) assert.equal(condition({ job: { ...job, state } }), 'stopped')
})

test('another rebuild will be required only while one runs with other settings', () => {
  const running: Job = { ...job, state: 'running', finishedAt: null }
  const another = (change: Partial<Known>) => rebuildState({ ...known, ...change }).another
  assert.equal(another({ job: running }), false)
  assert.equal(another({ job: running, saved: { ...saved, neighbours: 60 } }), true)
  assert.equal(another({ saved: { ...saved, neighbours: 60 } }), false)
})

test('the card of a running rebuild says phase, share and why the button is off', async () => {
  const progress = {
    phase: { name: 'Nearest neighbours', index: 3, of: 5 },
    done: 1117,
    total: 2659,
    unit: 'films',
    message: null,
    phases: [],
    updatedAt: now,
  }
  const html = String(
    await rebuildCard(rebuildState({ ...known, pid: 4821, job: { ...job, state: 'running', finishedAt: null, progress } })),
  )
  for (const text of [
    'Nearest neighbours',
    '3 of 5',
    '42 %',
    '1,117 of 2,659 films',
    'pid 4821',
    'aria-disabled="true"',
    'One rebuild at a time',
    'aria-valuenow="42"',
  ]) {
    assert.ok(html.includes(text), text)
  }
  assert.equal(html.match(/<rect width="100%"/g)?.length, 2)
})

test('an unknown amount has no number and no value', async () => {
  const progress = {
    phase: { name: 'Taste profile', index: 4, of: 5 },
    done: null,
    total: null,
    unit: null,
    message: null,
    phases: [],
    updatedAt: now,
  }
  const html = String(await rebuildCard(rebuildState({ ...known, job: { ...job, state: 'running', finishedAt: null, progress } })))
  assert.ok(html.includes('class="unknown"') && !html.includes('aria-valuenow'))
})

test('a failure is its own words, shown as text, with the log at its line', async () => {
  const failure = {
    kind: 'error' as const,
    message: '<script>alert(1)</script> & "quotes"',
    lastLines: [],
    logSeq: 388,
    phase: 'Read films',
  }
  const html = String(await rebuildCard(rebuildState({ ...known, job: { ...job, state: 'failed', failure, exitCode: 1 } })))
  assert.ok(html.includes('&lt;script&gt;') && !html.includes('<script>'))
  assert.ok(html.includes('holdfast/jobs/7#L388') && html.includes('Index 3 is unchanged and still in use.'))
})

test('twelve posters of a page differ in motif and in colours, and a title stays text', async () => {
  const { films } = await readFilms(filmsPath)
  const looks = looksOf(films.slice(100, 112))
  assert.equal(new Set(looks.map(({ motif }) => motif)).size, 12)
  assert.equal(new Set(looks.map(({ colours }) => colours)).size, 12)
  const film: Film = { ...films[0]!, title: '<b>7</b>' }
  const html = String(await posters([{ film, because: film, score: 0.5 }]))
  assert.ok(html.includes('&lt;b&gt;7') && !html.includes('<b>7'))
})

test('times read as people say them', () => {
  assert.equal(duration(400), '0.4 s')
  assert.equal(duration(41_000), '41 s')
  assert.equal(duration(1_264_000), '21 min 04 s')
  assert.equal(clock(751_000), '12:31')
  const noon = new Date(2026, 2, 4, 12).getTime()
  assert.match(when(noon - 3_600_000, noon), /^11:00$/)
  assert.match(when(noon - 24 * 3_600_000, noon), /^yesterday 12:00$/)
  assert.match(when(noon - 72 * 3_600_000, noon), /^1 March 12:00$/)
})
