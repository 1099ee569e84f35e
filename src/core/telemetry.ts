// The series of what a process tree used: bounded, over its whole life. Pure; who measures, and who stores it, is not known here.
import { limits } from './limits.ts'

/** What a process tree used, over its whole life: when there are too many samples, every two become one. */
export interface Telemetry {
  /** Milliseconds between two samples. */
  everyMs: number
  /** Oldest first. */
  samples: TelemetrySample[]
}

export interface TelemetrySample {
  at: number
  /** 100 is one processor fully used since the sample before. */
  cpuPercent: number
  memoryBytes: number
  processes: number
}

/**
 * The series with one more sample. Those that come sooner than `everyMs` become part of the last one; when there are too many,
 * every two become one and `everyMs` doubles.
 */
export function withSample(before: Telemetry | null, sample: TelemetrySample): Telemetry {
  const { everyMs, samples } = before ?? { everyMs: limits.telemetryMs, samples: [] }
  const last = samples.at(-1)
  const covered = samples.at(-2)
  if (last && covered && isWithin(covered, sample, everyMs)) {
    return { everyMs, samples: [...samples.slice(0, -1), merged(covered.at, last, sample)] }
  }
  const longer = [...samples, sample]
  return longer.length <= limits.telemetrySamples ? { everyMs, samples: longer } : { everyMs: everyMs * 2, samples: halved(longer) }
}

/** Whether the newest sample tells more than the newest one that was written: so that a tree which sleeps for days is not written every five seconds. */
export function isTelling(written: Telemetry | null, now: Telemetry): boolean {
  const [old, last] = [written?.samples.at(-1), now.samples.at(-1)]
  if (!old || !last || written?.samples.length !== now.samples.length || written.everyMs !== now.everyMs) return true
  return (
    old.processes !== last.processes ||
    Math.abs(old.cpuPercent - last.cpuPercent) >= tellingPercent ||
    Math.abs(old.memoryBytes - last.memoryBytes) > old.memoryBytes * tellingShare
  )
}

const tellingPercent = 2
const tellingShare = 0.02

// Measuring comes a little early or late. A clock set back makes one sample of what it covers twice.
function isWithin(covered: TelemetrySample, sample: TelemetrySample, everyMs: number): boolean {
  return sample.at - covered.at <= everyMs * 1.25
}

// The most memory and processes of both: a peak is what one looks for afterwards.
function merged(from: number, one: TelemetrySample, other: TelemetrySample): TelemetrySample {
  const [oneMs, otherMs] = [Math.max(0, one.at - from), Math.max(0, other.at - one.at)]
  const wholeMs = oneMs + otherMs
  const share = wholeMs === 0 ? 0.5 : otherMs / wholeMs
  return {
    at: other.at,
    cpuPercent: Math.round(one.cpuPercent * (1 - share) + other.cpuPercent * share),
    memoryBytes: Math.max(one.memoryBytes, other.memoryBytes),
    processes: Math.max(one.processes, other.processes),
  }
}

function halved(samples: readonly TelemetrySample[]): TelemetrySample[] {
  const pairs: TelemetrySample[] = []
  for (let index = 0; index < samples.length; index += 2) {
    const [one, other] = [samples[index], samples[index + 1]]
    const from = samples[index - 1]?.at
    if (one) pairs.push(other ? merged(from ?? one.at - (other.at - one.at), one, other) : one)
  }
  return pairs
}
