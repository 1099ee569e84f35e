// The pure side of the pages: what the card and the posters say.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Film, filmsPath, readFilms } from '../index/films.ts'
import type { Rebuild, RebuildState } from '../state.ts'
import { duration, passing, when } from '../words.ts'
import { card } from './card.ts'
import { homePage } from './page.ts'
import { looksOf, posters } from './poster.ts'

const now = Date.UTC(2026, 2, 4, 12)
const rebuild: Rebuild = {
  id: 7,
  status: 'running',
  mode: 'data',
  settings: 2,
  by: 'the settings page',
  pid: 4821,
  askedAt: now - 9_000,
  startedAt: now - 9_000,
  finishedAt: null,
  exitCode: null,
  failure: null,
  logPath: '/data/recommend/logs/rebuild-7.log',
  progress: null,
  heartbeatAt: now,
}
const state: RebuildState = {
  condition: 'rebuilding',
  another: false,
  index: 3,
  publishedAt: now - 90_000,
  settings: 2,
  savedAt: 0,
  changes: [],
  older: 2,
  newer: null,
  moved: null,
  rebuild,
  now,
}
const noProgress = { done: null, total: null, unit: null, message: null, phases: [], updatedAt: now }

test('S1.4 the card of a running rebuild says phase, share and why the button is off', async () => {
  const progress = { ...noProgress, phase: { name: 'Nearest neighbours', index: 3, of: 5 }, done: 1117, total: 2659, unit: 'films' }
  const html = String(await card({ ...state, rebuild: { ...rebuild, progress } }))
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
  const progress = { ...noProgress, phase: { name: 'Taste profile', index: 4, of: 5 } }
  const html = String(await card({ ...state, rebuild: { ...rebuild, progress } }))
  assert.ok(html.includes('class="unknown"') && !html.includes('aria-valuenow'))
})

test('S1.8 a failure is its own words, shown as text, with the log at its line', async () => {
  const failure = {
    kind: 'error' as const,
    message: '<script>alert(1)</script> & "quotes"',
    lastLines: [],
    logSeq: 388,
    phase: 'Read films',
  }
  const html = String(await card({ ...state, condition: 'failed', rebuild: { ...rebuild, status: 'failed', failure, exitCode: 1 } }))
  assert.ok(html.includes('&lt;script&gt;') && !html.includes('<script>'))
  assert.ok(html.includes('holdfast/jobs/7#L388') && html.includes('Index 3 is unchanged and still in use.'))
})

test('S1.7 a stopped rebuild and one whose supervisor went away are told in words', async () => {
  const after = async (condition: RebuildState['condition'], status: Rebuild['status']) =>
    String(await card({ ...state, condition, rebuild: { ...rebuild, status, finishedAt: now } }))
  assert.match(await after('idle', 'cancelled'), /Nothing to do[\s\S]*Rebuild #7 was stopped\./)
  assert.match(await after('failed', 'interrupted'), /Interrupted[\s\S]*It ended without saying why/)
})

test('before the first index the home page says so, shows its building, and empty frames', async () => {
  const html = String(await homePage({ state: { ...state, index: null }, library: null, picks: [] }))
  for (const text of ['The first index is being built. Films appear here by themselves.', 'Building', 'class="poster frame"'])
    assert.ok(html.includes(text), text)
  const idle = String(await homePage({ state: { ...state, condition: 'required', index: null, rebuild: null }, library: null, picks: [] }))
  assert.match(idle, /There is no index yet\.[\s\S]*Never built[\s\S]*Build index/)
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
  assert.equal(passing(751_000), '12:31')
  const noon = new Date(2026, 2, 4, 12).getTime()
  assert.match(when(noon - 3_600_000, noon), /^at 11:00$/)
  assert.match(when(noon - 24 * 3_600_000, noon), /^yesterday at 12:00$/)
  assert.match(when(noon - 72 * 3_600_000, noon), /^on 1 March at 12:00$/)
})
