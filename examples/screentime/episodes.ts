// The episodes and what the stages have made of them, as files. That a stage is done is told by its file and by nothing else:
// a folder of before there were jobs works as it is. Knows no Holdfast.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { extname, join, parse } from 'node:path'
import type { Person } from './faces/cluster.ts'
import type { Track } from './faces/track.ts'
import { type Stage, stagesFrom } from './stages.ts'

export interface Episode {
  /** The name of its file without the ending; what addresses, jobs and people call it. */
  name: string
  /** Of the video; it may be gone. */
  video: string
  /** Of what was made of it. */
  folder: string
}

/** What each stage says of what it made. What is large is in a file of its own beside it. */
export interface Results {
  extract: { file: string; frames: number; framesPerSecond: number; width: number; height: number }
  detect: { file: string; frames: number; faces: number }
  track: { frames: number; framesPerSecond: number; tracks: Track[] }
  cluster: { seconds: number; people: Person[] }
}

/** What has to be in a file to be a result, and of what type. */
const samples: Results = {
  extract: { file: '', frames: 0, framesPerSecond: 0, width: 0, height: 0 },
  detect: { file: '', frames: 0, faces: 0 },
  track: { frames: 0, framesPerSecond: 0, tracks: [{ first: 0, last: 0, found: 0, descriptor: [] }] },
  cluster: { seconds: 0, people: [{ number: 0, seconds: 0, spans: [[0, 0]] }] },
}

const names: Record<Stage, string> = { extract: 'frames', detect: 'faces', track: 'tracks', cluster: 'people' }
const endings = { extract: 'mkv', detect: 'jsonl' }
const videos = new Set(['.mp4', '.mkv', '.mov', '.webm', '.avi', '.m4v', '.mpg'])

export type Library = ReturnType<typeof openLibrary>

/** `folder`: of `videos/`, and of `episodes/` with a folder for each. */
export function openLibrary(folder: string) {
  const [videoFolder, made] = [join(folder, 'videos'), join(folder, 'episodes')]
  for (const each of [videoFolder, made]) mkdirSync(each, { recursive: true })
  const videoFiles = () => readdirSync(videoFolder).filter((file) => isSeen(file) && videos.has(extname(file).toLowerCase()))
  const episodeOf = (name: string, file: string): Episode => ({ name, video: join(videoFolder, file), folder: join(made, name) })
  const list = (): Episode[] => {
    const byName = new Map(videoFiles().map((file) => [parse(file).name, file]))
    // Its video may be gone.
    for (const entry of readdirSync(made, { withFileTypes: true }))
      if (entry.isDirectory() && isSeen(entry.name) && !byName.has(entry.name)) byName.set(entry.name, `${entry.name}.mp4`)
    return [...byName].map(([name, file]) => episodeOf(name, file)).sort((a, b) => order.compare(a.name, b.name))
  }
  const get = (name: string): Episode | null => {
    const file = videoFiles().findLast((each) => parse(each).name === name)
    if (file !== undefined) return episodeOf(name, file)
    return isSeen(name) && existsSync(join(made, name, '/')) ? episodeOf(name, `${name}.mp4`) : null
  }
  return { folder, list, get }
}

/** What is hidden is somebody else's, as what a Mac leaves beside each file; and no episode is called ".." or is in another one. */
const isSeen = (name: string): boolean => /^[^./][^/]*$/.test(name)

const order = new Intl.Collator('en', { numeric: true })

const resultPath = ({ folder }: Episode, stage: Stage): string => join(folder, `${names[stage]}.json`)

/** Null: the stage is not done. Of a file that cannot be read, or is not whole, it can be done again, too; `tell` is told so. */
export function readResult<S extends Stage>(episode: Episode, stage: S, tell = (_words: string) => {}): Results[S] | null {
  try {
    const result = JSON.parse(readFileSync(resultPath(episode, stage), 'utf8')) as Results[S]
    if (fits(result, samples[stage])) return result
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
  }
  tell(`${names[stage]}.json cannot be read.`)
  return null
}

/** It has all that the sample has; of a list that is empty there nothing is asked. */
function fits(value: unknown, sample: unknown): boolean {
  if (typeof value !== typeof sample || value === null || Array.isArray(value) !== Array.isArray(sample)) return false
  if (Array.isArray(sample)) return sample.length === 0 || (value as unknown[]).every((each) => fits(each, sample[0]))
  return typeof value !== 'object' || Object.entries(sample as object).every(([name, part]) => fits(value[name as never], part))
}

/** Name of the file that a job of this stage writes beside its result. */
export const fileOf = (stage: 'extract' | 'detect', job: number): string => `${names[stage]}.${job}.${endings[stage]}`

/** From one instant to the next it is done, whole. What was made from the result before is no longer true, and goes first, the last of it first. */
export function finish<S extends Stage>(episode: Episode, stage: S, result: Results[S]): void {
  const path = resultPath(episode, stage)
  writeFileSync(`${path}.new`, JSON.stringify(result), { flush: true })
  for (const later of stagesFrom(stage).slice(1).toReversed()) rmSync(resultPath(episode, later), { force: true })
  renameSync(`${path}.new`, path)
}

/** Makes the episode's folder, and takes away the files of jobs that did not come to their end, but for one that may go on. */
export function tidy(episode: Episode, stage: 'extract' | 'detect', job: number): void {
  mkdirSync(episode.folder, { recursive: true })
  const isOurs = new RegExp(`^${names[stage]}(\\.\\d+)?\\.${endings[stage]}$`)
  // While the result cannot be read, any of them may be what it is about.
  let isKnown = true
  const kept = new Set([readResult(episode, stage, () => (isKnown = false))?.file, fileOf(stage, job)])
  for (const name of readdirSync(episode.folder))
    if (isKnown && isOurs.test(name) && !kept.has(name)) rmSync(join(episode.folder, name), { force: true })
}
