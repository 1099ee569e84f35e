// Cuts out the frames that are looked at, as a video of nothing but whole frames: any one of them can be begun at.
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { JobContext } from 'holdfast/job'
import { fileOf, finish, readResult, tidy } from '../episodes.ts'
import type { StageInput } from '../kinds.ts'
import { settingsFrom } from '../settings.ts'
import { startBeating } from './beat.ts'
import { openEpisode } from './episode.ts'
import { ffmpeg, textOf } from './ffmpeg.ts'

export default async function extract(job: JobContext<StageInput>) {
  const episode = openEpisode(job.input.episode)
  const file = fileOf('extract', job.id)
  const path = join(episode.folder, file)
  const done = readResult(episode, 'extract')
  // Killed after the last stroke.
  if (done?.file === file) return { frames: done.frames }
  if (!existsSync(episode.video)) throw new Error(`There is no video at ${episode.video}`)
  tidy(episode, 'extract', job.id)
  const frames = await cut(job, episode.video, path)
  const [width = 0, height = 0] = (await probe(path, 'stream=width,height', job.signal)).split(',').map(Number)
  finish(episode, 'extract', { file, frames, framesPerSecond: settingsFrom(process.env).framesPerSecond, width, height })
  tidy(episode, 'extract', job.id)
  return { frames }
}

/** Resolves with the number of frames. */
async function cut(job: JobContext<StageInput>, video: string, into: string): Promise<number> {
  const { framesPerSecond, width } = settingsFrom(process.env)
  const beat = startBeating(job)
  beat.tell({ frames: 0, total: 0, faces: 0 })
  // Of the picture, where the file says it: the sound may go on for longer.
  const lengths = (await probe(video, 'stream=duration:format=duration', job.signal)).split('\n').map(Number)
  const expected = Math.round((lengths.find(Number.isFinite) ?? 0) * framesPerSecond)
  const filter = `fps=${framesPerSecond},scale=${width}:-2`
  const whole = ['-an', '-sn', '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', '3', '-f', 'matroska']
  const running = ffmpeg(['-progress', 'pipe:1', '-y', '-i', video, '-vf', filter, ...whole, into], job.signal)
  let frames = 0
  for await (const line of createInterface({ input: running.stdout })) {
    const said = Number(/^frame=\s*(\d+)/.exec(line)?.[1] ?? frames)
    if (said === frames) continue
    frames = said
    const total = Math.max(expected, frames)
    job.progress({ done: frames, total, unit: 'frames' })
    beat.tell({ frames, total, faces: 0 })
  }
  job.signal.throwIfAborted()
  await running.ended
  if (frames === 0) throw new Error(`${basename(video)} has no picture`)
  // What is cut off is no error to ffmpeg. One frame more or less is rounding.
  if (frames < expected * 0.95 - 1)
    throw new Error(`${basename(video)} ends after ${frames} of ${expected} frames: the file may still be being copied`)
  return frames
}

async function probe(path: string, what: string, signal: AbortSignal): Promise<string> {
  return (await textOf(ffmpeg(['-select_streams', 'v:0', '-show_entries', what, '-of', 'csv=p=0', path], signal, 'ffprobe'))).trim()
}
