import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/contract/temporary.ts'
import type { App } from './app.ts'
import { type Episode, finish, openLibrary, readResult, tidy } from './episodes.ts'
import { whyNot } from './kinds.ts'
import { stages } from './stages.ts'
import { listEpisodes, stateOf } from './state.ts'
import { makeOldEpisode } from './test/episodes.ts'
import { episodePage, episodesPage } from './web/page.ts'

const frames = { file: 'frames.1.mkv', frames: 4, framesPerSecond: 2, width: 320, height: 240 }

test('S3.8 what lies about beside videos and episodes is none', () => {
  const folder = temporaryFolder('library')
  const library = openLibrary(folder)
  for (const name of ['pilot.mp4', 'PILOT 2.MKV', '._pilot.mp4', '..mp4', '...mp4', 'notes.txt'])
    writeFileSync(join(folder, 'videos', name), '')
  mkdirSync(join(folder, 'episodes/old'))
  mkdirSync(join(folder, 'episodes/.trash'))
  writeFileSync(join(folder, 'episodes/.DS_Store'), '')
  writeFileSync(join(folder, 'episodes/list.txt'), '')
  const episodes = library.list()
  assert.deepEqual(
    episodes.map(({ name }) => name),
    ['old', 'pilot', 'PILOT 2'],
  )
  assert.deepEqual(
    episodes.map(({ name }) => library.get(name)),
    episodes,
  )
  for (const name of ['', '.', '..', '.trash', 'list.txt', 'old/', 'old/../old', 'old\0', 'o'.repeat(300)])
    assert.equal(library.get(name), null, name)
})

/** Of Holdfast as far as the list of episodes asks it. */
const holdfastWith = (jobs: { kind: string; uniqueKey: string }[]) => ({ list: async () => ({ jobs }) }) as unknown as App['holdfast']

test('48 episodes on a page; what is going on is a stage of that episode, and no other job that has its name for a key', async () => {
  const library = openLibrary(temporaryFolder('library'))
  const holdfast = holdfastWith([
    { kind: 'backup', uniqueKey: 'e2' },
    { kind: 'detect', uniqueKey: 'e1' },
    { kind: 'backup', uniqueKey: 'e1' },
  ])
  assert.deepEqual(await listEpisodes({ holdfast, library }, 1), { episodes: [], page: 1, pages: 1 })
  for (let n = 1; n <= 50; n++) writeFileSync(join(library.folder, 'videos', `e${n}.mp4`), '')
  const pages = await Promise.all([1, 2].map((page) => listEpisodes({ holdfast, library }, page)))
  const [first, second] = pages.map((page) => page?.episodes.map(({ name, active }) => [name, active]))
  assert.deepEqual(
    [first?.length, first?.slice(0, 2), first?.at(-1)],
    [
      48,
      [
        ['e1', 'detect'],
        ['e2', null],
      ],
      ['e48', null],
    ],
  )
  assert.deepEqual(second, [
    ['e49', null],
    ['e50', null],
  ])
  for (const none of [0, 3, 1.5, Number.NaN]) assert.equal(await listEpisodes({ holdfast, library }, none), null)
  const links = pages.map(
    (page) => page && [...String(episodesPage(page, '')).matchAll(/<a href="\/\?page=(\d)">(\w+)</g)].map((link) => link.slice(1)),
  )
  assert.deepEqual(links, [[['2', 'Next']], [['1', 'Previous']]])
})

test('a result that cannot be read is said to be so, and takes no page with it', async () => {
  const library = openLibrary(temporaryFolder('library'))
  const folder = join(library.folder, 'episodes/old')
  makeOldEpisode(folder)
  const state = () => stateOf(library.get('old') as Episode)
  assert.deepEqual([state().faults, state().reasons.cluster], [{}, null])
  mkdirSync(join(folder, 'people.json'))
  for (const text of ['null', '{}', '[]', '7', '{"frames":8,"framesPerSecond":2,"tracks":[{"first":0}]}']) {
    writeFileSync(join(folder, 'tracks.json'), text)
    const words = { track: 'tracks.json cannot be read.', cluster: 'people.json cannot be read.' }
    assert.deepEqual([state().faults, state().reasons.cluster], [words, 'Follow faces has to be done first.'], text)
  }
  assert.match(String(episodePage(state())), /Follow faces<\/a><\/h2>\n<p class="made">tracks.json cannot be read.</)
  const list = await listEpisodes({ holdfast: holdfastWith([]), library }, 1)
  assert.match(String(list && episodesPage(list, '')), /4.0s · tracks.json cannot be read. · people.json cannot be read.</)
})

test('a result that is cut off is none: the stage can be done again, and those after it wait for it', () => {
  const folder = temporaryFolder('library')
  mkdirSync(join(folder, 'episodes/old'), { recursive: true })
  const episode = openLibrary(folder).get('old') as Episode
  finish(episode, 'extract', frames)
  assert.deepEqual([whyNot('detect', episode), readResult(episode, 'extract')], [null, frames])
  writeFileSync(join(episode.folder, 'frames.json'), '{"file":"frames.1.mk')
  assert.deepEqual([whyNot('detect', episode), readResult(episode, 'extract')], ['Extract frames has to be done first.', null])
})

test('S3.1 a name that is too long for a key is said to be so before anything is started', () => {
  const folder = temporaryFolder('library')
  const library = openLibrary(folder)
  for (const length of [192, 193]) writeFileSync(join(folder, 'videos', `${'n'.repeat(length)}.mp4`), '')
  const reasons = library.list().map((episode) => whyNot('extract', episode))
  assert.deepEqual(reasons, [null, 'The name of its file is too long: at most 192 characters.'])
})

test('what was made from a result is gone when there is a new one, and the button asks before', () => {
  const folder = temporaryFolder('library')
  mkdirSync(join(folder, 'episodes/old'), { recursive: true })
  const episode = openLibrary(folder).get('old') as Episode
  finish(episode, 'extract', frames)
  finish(episode, 'detect', { file: 'faces.2.jsonl', frames: 4, faces: 4 })
  const asks = stages.map(
    (stage) => new RegExp(`id="start-${stage}"[^>]* confirm="([^"]*)"`).exec(String(episodePage(stateOf(episode))))?.[1],
  )
  const question = 'Extract frames again? When it is done, what was made of the old result is gone: 4 faces in 4 frames.'
  assert.deepEqual(asks, [question, undefined, undefined, undefined])
  finish(episode, 'extract', { ...frames, file: 'frames.3.mkv' })
  assert.deepEqual([readResult(episode, 'extract')?.file, readResult(episode, 'detect')], ['frames.3.mkv', null])
})

test('files of jobs that did not come to their end are taken away, and no others', () => {
  const folder = temporaryFolder('library')
  mkdirSync(join(folder, 'episodes/old'), { recursive: true })
  const episode = openLibrary(folder).get('old') as Episode
  finish(episode, 'extract', frames)
  for (const name of ['frames.mkv', 'frames.1.mkv', 'frames.2.mkv', 'frames.3.mkv', 'frames.old.mkv', 'holiday.mkv', 'faces.2.jsonl'])
    writeFileSync(join(episode.folder, name), '')
  const all = readdirSync(episode.folder)
  writeFileSync(join(episode.folder, 'frames.json'), '{"file":"frames.1.mk')
  tidy(episode, 'extract', 3)
  assert.deepEqual(readdirSync(episode.folder), all, 'of which of them the result is, nobody knows')
  finish(episode, 'extract', frames)
  tidy(episode, 'extract', 3)
  const left = readdirSync(episode.folder).sort()
  assert.deepEqual(left, ['faces.2.jsonl', 'frames.1.mkv', 'frames.3.mkv', 'frames.json', 'frames.old.mkv', 'holiday.mkv'])
})
