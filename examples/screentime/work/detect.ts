// Looks for faces in every frame. What it found is appended to a file; how much of it counts is the checkpoint, so that an attempt that
// goes on after a kill writes the very same file.
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { JobContext } from 'holdfast/job'
import { fileOf, finish, readResult, tidy } from '../episodes.ts'
import { openDetector } from '../faces/detector.ts'
import type { StageInput } from '../kinds.ts'
import { startBeating } from './beat.ts'
import { madeBy, openEpisode } from './episode.ts'
import { readPixels } from './frames.ts'

interface Checkpoint {
  /** The file of frames that it is about. */
  video: string
  /** That are looked at and written down. */
  frames: number
  faces: number
  /** Of the file that are right. */
  bytes: number
  seq: number
}

export default async function detect(job: JobContext<StageInput>) {
  const episode = openEpisode(job.input.episode)
  const { frames: total, file: video, ...size } = madeBy(episode, 'extract')
  const file = fileOf('detect', job.id)
  const done = readResult(episode, 'detect')
  // Killed after the last stroke.
  if (done?.file === file) return { frames: done.frames, faces: done.faces }
  tidy(episode, 'detect', job.id)

  await using lines = await openLines(join(episode.folder, file), video, job.checkpoint as Checkpoint | null)
  let { frames, faces } = lines.from
  if (frames > 0) job.log(`goes on at frame ${frames} of ${total}`)
  const beat = startBeating(job, lines.from.seq)
  const tell = async () => {
    job.progress({ done: frames, total, unit: 'frames', message: `${faces} ${faces === 1 ? 'face' : 'faces'} found` })
    if (!beat.tell({ frames, total, faces })) return
    await job.save({ video, frames, faces, bytes: await lines.flush(), seq: beat.seq() })
  }

  await tell()
  const look = await openDetector()
  for await (const pixels of readPixels({ path: join(episode.folder, video), ...size, from: frames }, job.signal)) {
    const found = await look(pixels, size)
    lines.add({ frame: frames, faces: found })
    frames++
    faces += found.length
    await tell()
  }
  if (frames !== total) throw new Error(`${total} frames were cut out and ${frames} can be read: extract them again`)
  await lines.flush()
  finish(episode, 'detect', { file, frames, faces })
  tidy(episode, 'detect', job.id)
  return { frames, faces }
}

/** Where an attempt goes on: where the last one saved, or anew where the frames are others by now or the file of faces is shorter. */
export function beginning(video: string, size: number, checkpoint: Checkpoint | null): Checkpoint {
  if (checkpoint?.video === video && size >= checkpoint.bytes) return checkpoint
  return { video, frames: 0, faces: 0, bytes: 0, seq: checkpoint?.seq ?? 0 }
}

/** The file of a job, cut to what counts of it. */
async function openLines(path: string, video: string, checkpoint: Checkpoint | null) {
  const file = await open(path, 'a+')
  const from = beginning(video, (await file.stat()).size, checkpoint)
  await file.truncate(from.bytes)
  let waiting: string[] = []
  let bytes = from.bytes
  return {
    from,
    add: (line: object) => void waiting.push(`${JSON.stringify(line)}\n`),
    /** Resolves with the length of what no crash takes away. */
    async flush(): Promise<number> {
      const text = Buffer.from(waiting.join(''))
      waiting = []
      await file.appendFile(text)
      await file.datasync()
      bytes += text.length
      return bytes
    },
    [Symbol.asyncDispose]: () => file.close(),
  }
}
