// What the stages do with what is cut off, other than it was, or comes in pieces. How they run as jobs is in test/rows.test.ts.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import type { JobContext } from 'holdfast/job'
import { temporaryFolder } from '../../../test/contract/temporary.ts'
import { openLibrary, readResult } from '../episodes.ts'
import type { StageInput } from '../kinds.ts'
import { beginning } from './detect.ts'
import extract from './extract.ts'
import { lastLineOf } from './ffmpeg.ts'

test('S3.6 detect goes on from a checkpoint of the same frames, and begins anew where they were extracted again', () => {
  const checkpoint = { video: 'frames.1.mkv', frames: 4, faces: 5, bytes: 100, seq: 3 }
  const anew = { frames: 0, faces: 0, bytes: 0 }
  assert.equal(beginning('frames.1.mkv', 120, checkpoint), checkpoint)
  assert.deepEqual(beginning('frames.2.mkv', 120, checkpoint), { video: 'frames.2.mkv', ...anew, seq: 3 })
  assert.deepEqual(beginning('frames.1.mkv', 99, checkpoint), { video: 'frames.1.mkv', ...anew, seq: 3 })
  assert.deepEqual(beginning('frames.1.mkv', 0, null), { video: 'frames.1.mkv', ...anew, seq: 0 })
})

test('S3.7 half of a video is not done: it may still be being copied', async () => {
  const { folder } = openLibrary(temporaryFolder('half'))
  process.env.SCREENTIME_FOLDER = folder
  const video = join(folder, 'videos/pilot.mkv')
  execFileSync('ffmpeg', ['-nostdin', '-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc=s=160x120:r=4:d=8', '-c:v', 'mjpeg', video])
  const run = (id: number) => {
    const job = { id, input: { episode: 'pilot' }, signal: new AbortController().signal, log() {}, progress() {}, heartbeat() {} }
    return extract(job as unknown as JobContext<StageInput>)
  }
  assert.deepEqual(await run(1), { frames: 16 })
  truncateSync(video, 50_000)
  await assert.rejects(run(2), /^Error: pilot\.mkv ends after \d of 16 frames: the file may still be being copied$/)
  const episode = openLibrary(folder).get('pilot')
  assert.equal(episode && readResult(episode, 'extract')?.file, 'frames.1.mkv')
})

test('the last line that ffmpeg prints is why it failed, in whatever pieces it comes', () => {
  const stream = new PassThrough()
  const last = lastLineOf(stream)
  for (const piece of ['moov atom not found\n', 'pilot.mp4: Invalid', ' data\n', '\n']) stream.write(piece)
  stream.resume()
  return new Promise<void>((resolve) => {
    stream.end(() => {
      assert.equal(last(), 'pilot.mp4: Invalid data')
      resolve()
    })
  })
})
