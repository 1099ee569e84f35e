// What is true of the index and its rebuild now, as Holdfast knows it: `GET /rebuild` answers with it, and the pages are drawn from it.
import { existsSync } from 'node:fs'
import type { ArtifactDetail, Job } from 'holdfast'
import type { App } from './app.ts'
import { logFile, type Mode, rebuildInput } from './rebuild-job.ts'
import { type SavedSettings, settingsFrom } from './settings.ts'

export type RebuildState = Awaited<ReturnType<typeof look>>

/** The newest rebuild, running or over. */
export interface Rebuild extends Pick<Job, 'id' | 'startedAt' | 'finishedAt' | 'exitCode' | 'failure' | 'progress' | 'heartbeatAt'> {
  status: Job['state']
  mode: Mode
  /** Number of the settings that were saved when it was asked for. */
  settings: number
  by: string | null
  askedAt: number
  pid: number | null
  /** The whole log as a file; null: there is none yet. */
  logPath: string | null
}

export async function look(app: App) {
  const known = await app.holdfast.artifact('watch-index').detail()
  if (known === null) throw new Error('Holdfast does not know the index: its kind is missing')
  const { current, anotherRequired, building, last, kept } = known
  const rebuild = await rebuildOf(app, building?.jobId ?? last?.jobId ?? null)
  const saved = app.settings.read()
  const now = Date.now()
  const firstKept = (isFit: (number: number, current: number) => boolean) =>
    kept.find(({ number }) => current !== null && isFit(number, current.number))?.number ?? null
  return {
    condition: conditionOf(known, now),
    /** Another rebuild will be required when this one finishes. */
    another: anotherRequired,
    /** Number of the index in use; null before the first. */
    index: current?.number ?? null,
    publishedAt: current?.publishedAt ?? null,
    /** Number of the settings that are saved, and what of them the index in use does not have yet. */
    settings: saved.generation,
    savedAt: saved.savedAt,
    changes: current?.fingerprint ? changesOf(current.fingerprint, saved) : [],
    /** Kept indexes: the one to roll back to, and the one to go forward to after that. */
    older: firstKept((number, current) => number < current),
    newer: firstKept((number, current) => number > current),
    moved: movedTo(known),
    rebuild,
    now,
  }
}

/** For an hour a success is news; then it is just the index in use. */
const newsMs = 3_600_000

function conditionOf({ condition, last }: ArtifactDetail, now: number): 'idle' | 'required' | 'rebuilding' | 'succeeded' | 'failed' {
  if (condition === 'building') return 'rebuilding'
  return condition === 'succeeded' && now - (last?.finishedAt ?? 0) > newsMs ? 'idle' : condition
}

function changesOf(fingerprint: string, saved: SavedSettings) {
  const built = settingsFrom(fingerprint)
  return [
    { name: 'minimum votes', from: built.minVotes, to: saved.minVotes },
    { name: 'neighbours kept', from: built.neighbours, to: saved.neighbours },
  ].filter(({ from, to }) => from !== to)
}

/** Who went back to the index in use, or forward, where nothing was published since. */
function movedTo({ current, events }: ArtifactDetail) {
  const event = events.find(({ name }) => name !== 'wanted' && name !== 'stored')
  if (!current || !event || event.name === 'published') return null
  return { isBack: event.name === 'rolled back', from: event.before, at: event.at, by: event.by }
}

async function rebuildOf({ holdfast, logs }: App, jobId: number | null): Promise<Rebuild | null> {
  const job = jobId === null ? null : await holdfast.detail(jobId)
  const input = rebuildInput.safeParse(job?.input)
  if (!job || !input.success) return null
  const { id, state, startedAt, finishedAt, exitCode, failure, progress, heartbeatAt, submittedBy, submittedAt, history } = job
  const asked = { mode: input.data.mode, settings: input.data.generation, by: submittedBy, askedAt: submittedAt }
  const logPath = existsSync(logFile(logs, id)) ? logFile(logs, id) : null
  const pid = history.at(-1)?.pid ?? null
  return { id, status: state, ...asked, startedAt, finishedAt, exitCode, failure, progress, heartbeatAt, pid, logPath }
}
