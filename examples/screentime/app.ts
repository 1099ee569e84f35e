// What this app can do, whoever asks, a page or a terminal: start a stage of an episode, and say how it stands. Knows no request.
import { join } from 'node:path'
import { dataFolder, type Holdfast, type Job, type Logger, openHoldfast } from 'holdfast'
import { type Library, openLibrary } from './episodes.ts'
import { defineStages, type StageJob } from './kinds.ts'
import { type Settings, settingsFrom } from './settings.ts'
import type { Stage } from './stages.ts'

export interface App {
  holdfast: Holdfast
  library: Library
  kinds: Record<Stage, StageJob>
  settings: Settings
}

export interface AppOptions {
  /** Data folder; found by Holdfast if absent. The app's own part of it is `screentime/`. */
  data?: string | undefined
  logger?: Logger
}

export async function openApp(options: AppOptions = {}): Promise<App> {
  const settings = settingsFrom(process.env)
  const library = openLibrary(join(dataFolder(options.data), 'screentime'))
  const kinds = defineStages(library, settings)
  const holdfast = await openHoldfast({ kinds: Object.values(kinds), ...options })
  return { holdfast, library, kinds, settings }
}

/** Starts it, or finds it running: one for each episode and stage. @throws HoldfastError that says why it cannot be started */
export async function startStage({ holdfast, kinds }: App, episode: string, stage: Stage, by: string): Promise<Started> {
  const { job, created } = await holdfast.submit(kinds[stage], { episode }, { submittedBy: by })
  return { job, created, words: created ? `started: ${job.id}` : `already running: ${job.id}` }
}

export interface Started {
  job: Job
  created: boolean
  words: string
}
