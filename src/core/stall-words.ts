// What is said of a silent job: facts, no verdict. Pure; the same sentence in the log, the terminal and the dashboard.
import { durationWords } from './duration.ts'
import type { Job } from './job.ts'
import { oneLine } from './one-line.ts'
import type { StallPolicy } from './stall.ts'

/** What was seen of the processes of a running job at one moment. */
export interface ProcessFacts {
  /** How many live. */
  processes: number
  /** 100 is one processor fully used. Null: not measured yet. */
  cpuPercent: number | null
  memoryBytes: number
  /** What the liveliest of them is doing. */
  doing: ProcessDoing
}

export type ProcessDoing = 'running' | 'sleeping' | 'waiting for the disk' | 'paused'

export interface StalledFacts {
  silentMs: number
  /** What would have been a sign of life. */
  heartbeats: StallPolicy['heartbeats']
  /** Null: nobody could look. */
  process: ProcessFacts | null
  /** The last line it wrote. */
  lastLine: string | null
}

/** Kept with a job for as long as it is silent. */
export interface Stalled extends StalledFacts {
  /** When it was called stalled. */
  since: number
  /** When the facts were looked at. */
  lookedAt: number
}

/** "alive, 0 % CPU, silent for 3 min; last line: frame 420". */
export function stalledWords({ silentMs, heartbeats, process, lastLine }: StalledFacts): string {
  const silent = silentWords(heartbeats, silentMs)
  const said = [...(process ? [livingWords(process)] : []), silent].join(', ')
  return lastLine === null ? said : `${said}; last line: ${oneLine(lastLine, lastLineCharacters)}`
}

/** The same of a job at any moment, stalled or not: "silent for 3 min". */
export function silenceWords(
  { heartbeatAt, stall, stalled }: Pick<Job, 'heartbeatAt' | 'stall' | 'stalled'>,
  { startedAt, now }: { startedAt: number; now: number },
): string {
  const silentMs = stalled === null ? now - Math.max(startedAt, heartbeatAt ?? 0) : stalled.silentMs + now - stalled.lookedAt
  return silentWords(stall?.heartbeats ?? 'any', Math.max(0, silentMs))
}

function silentWords(heartbeats: StallPolicy['heartbeats'], silentMs: number): string {
  return `${heartbeats === 'any' ? 'silent' : 'no heartbeat'} for ${durationWords(silentMs)}`
}

/** "alive, 0 % CPU", "busy, 98 % CPU", "paused by a signal (SIGSTOP)". */
export function livingWords({ processes, cpuPercent, doing }: ProcessFacts): string {
  if (processes === 0) return 'no process of it was found'
  if (doing === 'paused') return 'paused by a signal (SIGSTOP)'
  const cpu = cpuPercent === null ? '' : `, ${Math.round(cpuPercent)} % CPU`
  if (doing === 'waiting for the disk') return `alive, waiting for the disk${cpu}`
  return `${cpuPercent !== null && cpuPercent >= busyPercent ? 'busy' : 'alive'}${cpu}`
}

const busyPercent = 10
const lastLineCharacters = 120
