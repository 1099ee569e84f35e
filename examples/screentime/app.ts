// The app on its data folder, for whoever asks: a page, a terminal or a test.
import { join } from 'node:path'
import { dataFolder, type Holdfast, type Logger, openHoldfast } from 'holdfast'
import { type Library, openLibrary } from './episodes.ts'
import { defineStages, type StageJob } from './kinds.ts'
import { settingsFrom } from './settings.ts'
import type { Stage } from './stages.ts'

export interface App {
  holdfast: Holdfast
  library: Library
  kinds: Record<Stage, StageJob>
}

interface AppOptions {
  /** Data folder; found by Holdfast if absent. The app's own part of it is `screentime/`. */
  data?: string | undefined
  logger?: Logger
}

export async function openApp(options: AppOptions = {}): Promise<App> {
  const library = openLibrary(join(dataFolder(options.data), 'screentime'))
  const kinds = defineStages(library, settingsFrom(process.env))
  return { holdfast: await openHoldfast({ kinds: Object.values(kinds), ...options }), library, kinds }
}
