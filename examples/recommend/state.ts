// What is true of the index and its rebuild now, as Holdfast knows it: `GET /rebuild` answers with it, and the pages are drawn from it.
import { existsSync } from 'node:fs'
import type { ArtifactDetail, Failure, Job, Progress } from 'holdfast'
import type { App } from './app.ts'
import { logFile, type Mode, rebuildInput } from './rebuild-job.ts'
import { type SavedSettings, settingsFrom } from './settings.ts'

export interface RebuildState {
  condition: 'idle' | 'required' | 'rebuilding' | 'succeeded' | 'failed'
  /** Another rebuild will be required when this one finishes. */
  another: boolean
  /** Number of the index in use; null before the first. */
  index: number | null
  publishedAt: number | null
  /** Number of the settings that are saved, and what of them the index in use does not have yet. */
  settings: number
  savedAt: number
  changes: Change[]
  /** Indexes that are kept: the one to roll back to, and the one to go forward to after that. */
  older: number | null
  newer: number | null
  /** Somebody went back to the index in use, or forward, and nothing was published since. */
  moved: { from: number | null; at: number; by: string | null } | null
  /** The newest rebuild, running or over. */
  rebuild: Rebuild | null
  now: number
}

export interface Change {
  name: string
  from: number
  to: number
}

export interface Rebuild {
  id: number
  status: Job['state']
  mode: Mode
  /** Number of the settings that were saved when it was asked for. */
  settings: number
  by: string | null
  pid: number | null
  askedAt: number
  startedAt: number | null
  finishedAt: number | null
  exitCode: number | null
  failure: Failure | null
  /** The whole log as a file; null: there is none yet. */
  logPath: string | null
  progress: Progress | null
  heartbeatAt: number | null
}

export async function look(app: App): Promise<RebuildState> {
  const known = await app.holdfast.artifact('watch-index').detail()
  if (known === null) throw new Error('Holdfast does not know the index: its kind is missing')
  const { current, anotherRequired, building, last, kept } = known
  const rebuild = await rebuildOf(app, building?.jobId ?? last?.jobId ?? null)
  const saved = app.settings.read()
  const now = Date.now()
  const numbers = kept.map(({ number }) => number)
  return {
    condition: conditionOf(known, now),
    another: anotherRequired,
    index: current?.number ?? null,
    publishedAt: current?.publishedAt ?? null,
    settings: saved.generation,
    savedAt: saved.savedAt,
    changes: current?.fingerprint ? changesOf(current.fingerprint, saved) : [],
    older: current && (numbers.filter((number) => number < current.number)[0] ?? null),
    newer: current && (numbers.filter((number) => number > current.number)[0] ?? null),
    moved: movedTo(known),
    rebuild,
    now,
  }
}

/** For an hour a success is news; then it is just the index in use. */
const newsMs = 3_600_000

function conditionOf({ condition, last }: ArtifactDetail, now: number): RebuildState['condition'] {
  if (condition === 'building') return 'rebuilding'
  return condition === 'succeeded' && now - (last?.finishedAt ?? 0) > newsMs ? 'idle' : condition
}

function changesOf(fingerprint: string, saved: SavedSettings): Change[] {
  const built = settingsFrom(fingerprint)
  return [
    { name: 'minimum votes', from: built.minVotes, to: saved.minVotes },
    { name: 'neighbours kept', from: built.neighbours, to: saved.neighbours },
  ].filter(({ from, to }) => from !== to)
}

function movedTo({ current, events }: ArtifactDetail): RebuildState['moved'] {
  const event = events.find(({ name }) => name !== 'wanted' && name !== 'stored')
  if (!current || !event || event.name === 'published') return null
  return { from: event.before, at: event.at, by: event.by }
}

async function rebuildOf({ holdfast, logs }: App, id: number | null): Promise<Rebuild | null> {
  const job = id === null ? null : await holdfast.detail(id)
  const input = rebuildInput.safeParse(job?.input)
  if (!job || !input.success) return null
  const { state, submittedBy, submittedAt, startedAt, finishedAt, exitCode, failure, progress, heartbeatAt } = job
  const path = logFile(logs, job.id)
  return {
    id: job.id,
    status: state,
    mode: input.data.mode,
    settings: input.data.generation,
    by: submittedBy,
    pid: job.history.at(-1)?.pid ?? null,
    askedAt: submittedAt,
    startedAt,
    finishedAt,
    exitCode,
    failure,
    logPath: existsSync(path) ? path : null,
    progress,
    heartbeatAt,
  }
}
