// Follows each face from frame to frame.
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { JobContext } from 'holdfast/job'
import { finish } from '../episodes.ts'
import type { Face } from '../faces/detector.ts'
import { followFaces } from '../faces/track.ts'
import type { StageInput } from '../kinds.ts'
import { startBeating } from './beat.ts'
import { madeBy, openEpisode } from './episode.ts'

export default async function track(job: JobContext<StageInput>) {
  const episode = openEpisode(job.input.episode)
  const { framesPerSecond } = madeBy(episode, 'extract')
  const { file, frames: total } = madeBy(episode, 'detect')
  const beat = startBeating(job)
  const following = followFaces()
  let [frames, faces] = [0, 0]
  for await (const line of createInterface({ input: createReadStream(join(episode.folder, file)) })) {
    job.signal.throwIfAborted()
    const found = JSON.parse(line) as { frame: number; faces: Face[] }
    following.add(found.frame, found.faces)
    frames++
    faces += found.faces.length
    job.progress({ done: frames, total, unit: 'frames' })
    beat.tell({ frames, total, faces })
  }
  const tracks = following.end()
  finish(episode, 'track', { frames, framesPerSecond, tracks })
  return { tracks: tracks.length }
}
