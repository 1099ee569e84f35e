// Jobs, kinds and artifacts as a server would tell of them, for pages that show every state. Times are counted back from when the page was loaded.
import type { ActiveJob, Activity, ArtifactView, KindActivity, Progress, SettledJob } from '../../../src/client/index.ts'

export const now = Date.now()
const minuteMs = 60_000

export function ago(minutes: number, seconds = 0): number {
  return now - minutes * minuteMs - seconds * 1_000
}

export function job(own: Partial<ActiveJob> = {}): ActiveJob {
  return {
    id: 421,
    kind: 'rebuild-index',
    name: null,
    queue: 'default',
    state: 'running',
    hold: 'ready',
    priority: 0,
    uniqueKey: '*',
    input: null,
    result: null,
    omitted: [],
    command: null,
    submittedBy: 'ana',
    schedule: null,
    submittedAt: ago(12, 32),
    availableAt: ago(12, 32),
    expireAt: null,
    waitingFor: null,
    locks: [],
    timeoutMs: null,
    limits: {},
    startedAt: ago(12, 31),
    finishedAt: null,
    attempts: 1,
    mostAttempts: 1,
    exitCode: null,
    signal: null,
    failure: null,
    stopReason: null,
    stopWhy: null,
    stopAskedBy: null,
    flags: [],
    progress: null,
    saved: null,
    heartbeatAt: ago(0, 4),
    stall: null,
    stalled: null,
    waitedAt: null,
    logLines: 4_451,
    artifacts: [],
    fingerprint: null,
    version: 7,
    remaining: null,
    ...own,
  }
}

export function progress(name: string, place: readonly [index: number, of: number], own: Partial<Progress> = {}): Progress {
  const [index, of] = place
  const phases = Array.from({ length: index }, (_, at) => ({
    name: at + 1 === index ? name : `Phase ${at + 1}`,
    startedAt: ago(12 - at),
    finishedAt: at + 1 === index ? null : ago(11 - at),
  }))
  return { phase: { name, index, of }, done: null, total: null, unit: null, message: null, phases, updatedAt: ago(0, 4), ...own }
}

export const rebuilding = job({
  progress: progress('Nearest neighbours', [3, 5], { done: 1_344, total: 3_201, unit: 'films' }),
  remaining: { phaseMs: 9 * minuteMs, jobMs: 7 * minuteMs, at: now },
})

export const researching = job({
  id: 420,
  kind: 'company-research',
  startedAt: ago(0, 52),
  heartbeatAt: ago(0, 2),
  uniqueKey: null,
  input: { company: 'Brackwater Ferries' },
  progress: progress('Read pages', [2, 4], { done: 9, unit: 'pages read' }),
})

export const silent = job({
  id: 418,
  kind: 'extract-frames',
  uniqueKey: null,
  input: { episode: 's01e06' },
  heartbeatAt: ago(3, 10),
  stall: { stallAfterMs: 30_000, firstHeartbeatWithinMs: null, heartbeats: 'any', onStall: 'warn', stallLimitMs: 600_000 },
  stalled: { silentMs: 190_000, since: ago(2, 40), lookedAt: now, heartbeats: 'any', process: null, lastLine: 'frame=30530 fps=118' },
  flags: ['stalled'],
  progress: progress('Extract', [2, 3], { done: 30_530, total: 43_000, unit: 'frames' }),
  saved: { at: ago(3, 11), phase: 'Extract', done: 30_500, total: 43_000, unit: 'frames' },
})

export const waiting = job({
  id: 422,
  kind: 'game-server',
  name: 'Start reef-west',
  state: 'queued',
  hold: 'key',
  waitingFor: { for: 'key', key: 'servers', heldBy: [419] },
  startedAt: null,
  heartbeatAt: null,
  attempts: 0,
})

export const queued = job({ id: 423, state: 'queued', waitingFor: { for: 'slot' }, startedAt: null, heartbeatAt: null, attempts: 0 })

export const stopping = job({
  id: 414,
  kind: 'extract-frames',
  state: 'stopping',
  stopReason: 'cancel',
  stopAskedBy: 'ana',
  uniqueKey: null,
  input: { episode: 's01e06' },
})

function settled(own: Partial<ActiveJob>): ActiveJob {
  return job({ state: 'succeeded', startedAt: ago(31), finishedAt: ago(30, 2), heartbeatAt: ago(30, 2), exitCode: 0, ...own })
}

export const succeeded = settled({
  id: 410,
  kind: 'rebuild-profile',
  artifacts: ['taste-profile'],
  result: { films: 3_201, neighbours: 128_040 },
})

export const failed = settled({
  id: 415,
  kind: 'detect-faces',
  state: 'failed',
  exitCode: 1,
  uniqueKey: null,
  input: { episode: 's01e06' },
  failure: {
    kind: 'error',
    message: 'Out of memory at frame 18,144 of 43,000: the detector could not grow past 2,304 MB',
    hint: 'Batch size is 64. With 32 it needs half.',
    lastLines: [],
    logSeq: 388,
  },
  progress: progress('Detect', [2, 3], { done: 18_144, total: 43_000, unit: 'frames' }),
  saved: { at: ago(0, 9), phase: 'Detect', done: 18_000, total: 43_000, unit: 'frames' },
})

export const interrupted = settled({
  id: 411,
  kind: 'company-research',
  state: 'interrupted',
  exitCode: null,
  uniqueKey: null,
  input: { company: 'Saltmarsh Labs' },
  failure: {
    kind: 'interrupted',
    message: 'The machine restarted at 12:20 while it ran',
    hint: 'Its outcome is unknown.',
    lastLines: [],
    logSeq: 12,
  },
})

export const cancelled = settled({
  id: 409,
  state: 'cancelled',
  exitCode: null,
  signal: 'SIGTERM',
  stopReason: 'cancel',
  stopAskedBy: 'ana',
})

export const expired = settled({
  id: 408,
  state: 'expired',
  exitCode: null,
  attempts: 0,
  startedAt: null,
  failure: { kind: 'expired', message: 'Waited longer than 1 h and was given up', lastLines: [], logSeq: null },
})

export const titles: Record<string, string> = {
  'rebuild-index': 'Rebuild index',
  'rebuild-profile': 'Rebuild profile',
  'company-research': 'Company research',
  'extract-frames': 'Extract frames',
  'detect-faces': 'Detect faces',
  'game-server': 'Game server',
}

export function kind(own: Partial<KindActivity> = {}): KindActivity {
  return {
    kind: 'rebuild-index',
    key: null,
    title: titles[own.kind ?? 'rebuild-index'] ?? 'Rebuild index',
    condition: 'idle',
    isDefined: true,
    unique: true,
    pausedAt: null,
    pausedBy: null,
    active: null,
    last: null,
    succeededAt: null,
    recent: [],
    nextAt: null,
    artifacts: [],
    required: [],
    ...own,
  }
}

/** Thirty jobs, every ninth of which failed. */
export function recent(seed: number): SettledJob[] {
  return Array.from({ length: 30 }, (_, place) => {
    const tookMs = 20_000 + ((place * 7_919 + seed * 104_729) % 60_000)
    return {
      id: 300 + place,
      state: (place + seed) % 9 === 0 ? 'failed' : 'succeeded',
      startedAt: ago(40 - place) - tookMs,
      finishedAt: ago(40 - place),
    }
  })
}

export function artifact(own: Partial<ArtifactView> = {}): ArtifactView {
  return {
    name: 'films-index',
    condition: 'required',
    required: true,
    anotherRequired: false,
    reasons: ['minVotes is wanted as 200; snapshot 17 was built with 500.'],
    current: null,
    wanted: { fingerprint: 'minVotes 200', at: ago(5), by: 'ana' },
    building: null,
    next: null,
    last: null,
    snapshots: 3,
    bytes: 48_000_000,
    version: 4,
    ...own,
  }
}

export function activity(active: ActiveJob[], own: Partial<Activity> = {}): Activity {
  return {
    summary: { active: active.length } as Activity['summary'],
    active,
    settled: [],
    jobs: [],
    kinds: [],
    artifacts: [],
    ...own,
  }
}
