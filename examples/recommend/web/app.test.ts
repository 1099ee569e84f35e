// The app with a real Holdfast on a folder of its own and a short list of real films: rebuilds run as processes and publish snapshots.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Holdfast, openHoldfast } from 'holdfast'
import { filmsPath } from '../index/films.ts'
import { openLibrary } from '../library.ts'
import { defineRebuild } from '../rebuild-job.ts'
import { openSettings } from '../settings.ts'
import { createApp } from './app.ts'
import type { RebuildState } from './rebuild-state.ts'

const rows = (JSON.parse(readFileSync(filmsPath, 'utf8')) as Record<string, unknown>[])
  .filter((row) => Number(row['IMDB Votes']) > 40_000)
  .slice(0, 300)

describe('recommend', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'recommend-'))
  const films = join(folder, 'films.json')
  let holdfast: Holdfast
  let app: ReturnType<typeof createApp>

  const json = { accept: 'application/json' }
  const state = async () => (await (await app.request('/rebuild', { headers: json })).json()) as RebuildState
  const post = (query = '') => app.request(`/rebuild${query}`, { method: 'POST', headers: json })
  const save = (form: Record<string, string>) =>
    app.request('/settings', { method: 'POST', body: new URLSearchParams({ results: '12', variety: '35', ...form }) })
  const numberOf = async (answer: Response) => ((await answer.json()) as { rebuild: number }).rebuild
  const rebuilt = async (query = '') => {
    return await holdfast.wait(await numberOf(await post(query)))
  }
  const text = async () => (await app.request('/')).text()
  const health = async () => (await (await app.request('/healthz')).json()) as { ok: boolean; index: number | null; indexLoads: number }

  before(async () => {
    writeFileSync(films, JSON.stringify(rows))
    const rebuild = defineRebuild({ films })
    holdfast = await openHoldfast({ kinds: [rebuild], data: join(folder, 'data'), runner: true })
    app = createApp({ holdfast, rebuild, library: openLibrary(holdfast), settings: openSettings(join(folder, 'data/recommend')) })
  })
  after(async () => {
    await holdfast.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('before the first index the page says so and offers to build it', async () => {
    assert.match(await text(), /There is no index yet/)
    assert.equal((await state()).condition, 'idle')
    assert.deepEqual(await health(), { ok: true, index: null, indexLoads: 0 })
  })

  test('fifty requests at once start one rebuild; refresh shows it; it publishes', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, async () => await post()))
    assert.equal(answers.filter(({ status }) => status === 201).length, 1)
    assert.equal(answers.filter(({ status }) => status === 200).length, 49)
    assert.deepEqual(new Set(await Promise.all(answers.map(numberOf))), new Set([1]))
    assert.equal((await state()).condition, 'rebuilding')
    assert.match(await text(), /data-condition="rebuilding"[\s\S]*One rebuild at a time/)

    assert.equal((await holdfast.wait(1)).state, 'succeeded')
    const page = await text()
    assert.ok(page.includes('Index 1 is in use'))
    assert.equal(page.match(/class="poster c/g)?.length, 12)
    assert.match(page, /<b>\d\d %<\/b> because of \w/)
    await Promise.all([text(), text(), text()])
    assert.deepEqual(await health(), { ok: true, index: 1, indexLoads: 1 })
  })

  test('saving changes what is required and starts nothing; runtime settings apply at once', async () => {
    const answer = await save({ minVotes: '50000', neighbours: '20', results: '8' })
    assert.equal(answer.status, 303)
    const { condition, changes, settings } = await state()
    assert.deepEqual({ condition, settings }, { condition: 'required', settings: 2 })
    assert.deepEqual(
      changes.map(({ name, to }) => [name, to]),
      [
        ['minimum votes', 50_000],
        ['neighbours kept', 20],
      ],
    )
    assert.equal((await text()).match(/class="poster c/g)?.length, 8)
    assert.equal((await holdfast.list()).jobs.length, 1)
  })

  test('settings saved while a rebuild runs are not in it: another will be required', async () => {
    const rebuild = await numberOf(await post())
    await save({ minVotes: '60000', neighbours: '20' })
    assert.equal((await state()).another, true)
    assert.match(await text(), /Another rebuild will be required when this one finishes/)
    assert.equal((await holdfast.wait(rebuild)).state, 'succeeded')
    const { condition, index, changes } = await state()
    assert.deepEqual(
      { condition, index, changes },
      { condition: 'required', index: 2, changes: [{ name: 'minimum votes', from: 50_000, to: 60_000 }] },
    )
  })

  test('mode profile keeps the index and its settings', async () => {
    const before = await holdfast.artifact('watch-index').current()
    assert.equal((await rebuilt('?mode=profile')).state, 'succeeded')
    const kept = await holdfast.artifact('watch-index').current()
    assert.equal(kept?.number, 3)
    for (const file of ['films.json', 'neighbours.json', 'vectors.f32'])
      assert.deepEqual(readFileSync(join(kept!.path, file)), readFileSync(join(before!.path, file)), file)
    assert.equal((await state()).condition, 'required')
  })

  test('a failure shows the line that matters, and readers keep the last index', async () => {
    const before = await holdfast.artifact('watch-index').current()
    const copy = join(folder, 'copy')
    cpSync(before!.path, copy, { recursive: true })
    const { indexLoads } = await health()
    writeFileSync(films, JSON.stringify([...rows.slice(0, 213), { ...rows[213], Title: 'Darling Lili', 'IMDB Rating': '6,1' }]))
    assert.equal((await rebuilt()).state, 'failed')

    const { condition, index, job } = await state()
    assert.deepEqual({ condition, index }, { condition: 'failed', index: before!.number })
    assert.equal(job?.failure?.message, 'Rating of “Darling Lili” is not a number: “6,1” (films.json, row 214)')
    assert.match(
      await text(),
      /Rating of “Darling Lili” is not a number[\s\S]*Index 3 is unchanged and still in use[\s\S]*holdfast\/jobs\/4#L\d+/,
    )
    for (const file of ['films.json', 'vectors.f32'])
      assert.deepEqual(readFileSync(join(before!.path, file)), readFileSync(join(copy, file)))
    assert.equal((await health()).indexLoads, indexLoads)
  })

  test('too few films is said with what would do', async () => {
    writeFileSync(films, JSON.stringify(rows))
    await save({ minVotes: '900000', neighbours: '20' })
    assert.match(
      (await rebuilt()).failure?.message ?? '',
      /^No film has 900,000 votes or more; 50 are needed\. The best known, “.+”, has [\d,]+$/,
    )
  })

  test('a wrong setting is refused by name and changes nothing', async () => {
    const answer = await save({ minVotes: '-4', neighbours: '' })
    assert.equal(answer.status, 422)
    assert.equal(await answer.text(), 'minVotes: Write a whole number from 0 to 1,000,000\nneighbours: Write a whole number from 5 to 200')
    assert.equal((await state()).settings, 4)
  })

  test('another site cannot start a rebuild or save settings', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }] as Record<
      string,
      string
    >[]) {
      for (const path of ['/rebuild', '/settings']) {
        assert.equal((await app.request(path, { method: 'POST', headers: { ...headers, host: '127.0.0.1:4747' } })).status, 403)
      }
    }
    assert.equal((await holdfast.list()).jobs.length, 5)
  })

  test('the page forbids inline script and style, and has none', async () => {
    const answer = await app.request('/')
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self'; style-src 'self'/)
    assert.doesNotMatch(await answer.text(), / style=| on\w+=|<style|<script>/)
  })
})
