import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/contract/temporary.ts'
import { type Episode, finish, isDone, openLibrary, readResult } from './episodes.ts'
import { whyNot } from './kinds.ts'

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
  const names = library.list().map(({ name }) => name)
  assert.deepEqual(names, ['old', 'pilot', 'PILOT 2'])
})

test('a result that is cut off is none: the stage can be done again, and those after it wait for it', () => {
  const folder = temporaryFolder('library')
  mkdirSync(join(folder, 'episodes/old'), { recursive: true })
  const episode = openLibrary(folder).get('old') as Episode
  finish(episode, 'extract', frames)
  assert.deepEqual([isDone(episode, 'extract'), readResult(episode, 'extract')], [true, frames])
  writeFileSync(join(episode.folder, 'frames.json'), '{"file":"frames.1.mk')
  assert.deepEqual([isDone(episode, 'extract'), readResult(episode, 'extract')], [false, null])
})

test('S3.1 a name that is too long for a key is said to be so before anything is started', () => {
  const folder = temporaryFolder('library')
  const library = openLibrary(folder)
  for (const length of [192, 193]) writeFileSync(join(folder, 'videos', `${'n'.repeat(length)}.mp4`), '')
  const reasons = library.list().map(({ name }) => whyNot('extract', name, library))
  assert.deepEqual(reasons, [null, 'The name of its file is too long: at most 192 characters.'])
})

test('what was made from a result is gone when there is a new one', () => {
  const folder = temporaryFolder('library')
  mkdirSync(join(folder, 'episodes/old'), { recursive: true })
  const episode = openLibrary(folder).get('old') as Episode
  finish(episode, 'extract', frames)
  finish(episode, 'detect', { file: 'faces.2.jsonl', frames: 4, faces: 4 })
  finish(episode, 'extract', { ...frames, file: 'frames.3.mkv' })
  assert.deepEqual([readResult(episode, 'extract')?.file, readResult(episode, 'detect')], ['frames.3.mkv', null])
})
