// Who starts the app with no video of his own has one to try.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../../test/contract/temporary.ts'
import { openLibrary } from '../episodes.ts'
import { makeSample } from '../sample.ts'

test('the sample is a whole video, with nothing left beside it', async () => {
  const library = openLibrary(temporaryFolder('sample'))
  mkdirSync(join(library.folder, 'videos'), { recursive: true })
  await makeSample(library)
  assert.deepEqual(readdirSync(join(library.folder, 'videos')), ['sample.mp4'])
  assert.ok(!readdirSync(library.folder).includes('sample.unfinished'))
  const asked = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', join(library.folder, 'videos/sample.mp4')]
  assert.equal(Number(execFileSync('ffprobe', asked, { encoding: 'utf8' })), 36)
})
