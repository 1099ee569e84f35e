// The episodes and what the stages have made of them, as files. That a stage is done is told by its file and by nothing else:
// a folder of before there were jobs works as it is. Knows no Holdfast.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
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

const names: Record<Stage, string> = { extract: 'frames', detect: 'faces', track: 'tracks', cluster: 'people' }
const endings = { extract: 'mkv', detect: 'jsonl' }
const videos = new Set(['.mp4', '.mkv', '.mov', '.webm', '.avi', '.m4v', '.mpg'])

export type Library = ReturnType<typeof openLibrary>

/** `folder`: of `videos/`, and of `episodes/` with a folder for each. */
export function openLibrary(folder: string) {
  const [videoFolder, made] = [join(folder, 'videos'), join(folder, 'episodes')]
  for (const each of [videoFolder, made]) mkdirSync(each, { recursive: true })
  const list = (): Episode[] => {
    const files = readdirSync(videoFolder).filter((file) => isSeen(file) && videos.has(extname(file).toLowerCase()))
    const byName = new Map(files.map((file) => [parse(file).name, file]))
    // Its video may be gone.
    for (const entry of readdirSync(made, { withFileTypes: true }))
      if (entry.isDirectory() && isSeen(entry.name) && !byName.has(entry.name)) byName.set(entry.name, `${entry.name}.mp4`)
    return [...byName]
      .map(([name, file]) => ({ name, video: join(videoFolder, file), folder: join(made, name) }))
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  }
  return { folder, list, get: (name: string): Episode | null => list().find((episode) => episode.name === name) ?? null }
}

/** What is hidden is somebody else's, as what a Mac leaves beside each file; and no episode is called "..". */
const isSeen = (name: string): boolean => !name.startsWith('.')

const resultPath = ({ folder }: Episode, stage: Stage): string => join(folder, `${names[stage]}.json`)

export const isDone = (episode: Episode, stage: Stage): boolean => readResult(episode, stage) !== null

/** Null: the stage is not done. Of a file that is not whole it can be done again, too. */
export function readResult<S extends Stage>(episode: Episode, stage: S): Results[S] | null {
  try {
    return JSON.parse(readFileSync(resultPath(episode, stage), 'utf8')) as Results[S]
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
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

/** Takes away the files of jobs that did not come to their end, but for one that may go on. Makes the episode's folder. */
export function tidy(episode: Episode, stage: 'extract' | 'detect', job: number): void {
  mkdirSync(episode.folder, { recursive: true })
  const kept = new Set([readResult(episode, stage)?.file, fileOf(stage, job)])
  for (const name of readdirSync(episode.folder))
    if (name.endsWith(`.${endings[stage]}`) && !kept.has(name)) rmSync(join(episode.folder, name), { force: true })
}
