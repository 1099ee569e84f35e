// What this app can do, whoever asks, a page or a terminal: save settings, rebuild, roll back, read what was built. Knows no request.
import { join } from 'node:path'
import { type ArtifactContext, type Holdfast, type Logger, openHoldfast } from 'holdfast'
import { readIndex, readProfile, type WatchIndex } from './index/index-files.ts'
import { type Taste, tasteIn } from './index/taste.ts'
import { defineRebuild, type Mode, type RebuildInput, type RebuildJob } from './rebuild-job.ts'
import { fingerprintOf, openSettings, type Settings, type SettingsFile, settingsFrom } from './settings.ts'

export interface App {
  holdfast: Holdfast
  rebuild: RebuildJob
  settings: SettingsFile
  /** What requests are answered from: the last published index and taste, loaded once a snapshot. */
  library: ArtifactContext<Library>
  /** Folder of the logs that an operator reads. */
  logs: string
}

export interface Library {
  /** Number of the index. */
  number: number
  publishedAt: number
  index: WatchIndex
  taste: Taste
}

export interface AppOptions {
  /** Data folder; found by Holdfast if absent. */
  data?: string | undefined
  /** Another list of films, such as a short one for tests. */
  films?: string
  logger?: Logger
}

export async function openApp({ films, ...options }: AppOptions = {}): Promise<App> {
  const rebuild = defineRebuild(films)
  const holdfast = await openHoldfast({ kinds: [rebuild], ...options })
  const folder = join(holdfast.data, 'recommend')
  const app = { holdfast, rebuild, settings: openSettings(folder), library: libraryOf(holdfast), logs: join(folder, 'logs') }
  // Settings that were saved when the app was killed before it could say so.
  await want(app, 'start')
  return app
}

function libraryOf(holdfast: Holdfast): ArtifactContext<Library> {
  return holdfast.artifacts.context(['watch-index', 'taste-profile'], async ([{ number, publishedAt, path }, profile]) => {
    const index = await readIndex(path)
    return { number, publishedAt, index, taste: tasteIn(index, await readProfile(profile.path)) }
  })
}

/** Saves, and says what the index should be built from. Starts nothing. */
export async function save(app: App, settings: Settings): Promise<void> {
  app.settings.save(settings)
  await want(app, 'the settings page')
}

async function want({ holdfast, settings }: App, by: string): Promise<void> {
  await holdfast.artifact('watch-index').want(fingerprintOf(settings.read()), { by })
}

/** Asks for a rebuild, or gets the one that runs. Mode `profile` keeps the index in use, with the settings it was built from; without one it builds all. */
export async function startRebuild({ holdfast, rebuild, settings, logs }: App, mode: Mode, by: string) {
  const { minVotes, neighbours, generation } = settings.read()
  const current = mode === 'profile' ? await holdfast.artifact('watch-index').current() : null
  const kept = current?.fingerprint ? settingsFrom(current.fingerprint) : null
  const input: RebuildInput = {
    mode: kept ? 'profile' : 'data',
    settings: kept ?? { minVotes, neighbours },
    generation,
    logs,
  }
  return await holdfast.submit(rebuild, input, { submittedBy: by })
}

/** Uses an index that was published before, and the taste that was published with it. */
export async function rollBack({ holdfast }: App, to: number, by: string): Promise<void> {
  await holdfast.artifact('watch-index').rollBack({ to, by, together: true })
}
