// Where phases begin in a log. A phase is told in the events file and a line in the log's: they are brought together by their times, to a tenth of
// a second or so. Knows no route.
import type { LogLine, PhaseSpan } from '../../client/index.ts'
import type { LoadLog } from './log-window.ts'

export interface Phases {
  /** Which attempt they are of. */
  attempt: number
  spans: readonly PhaseSpan[]
  /** How the last one goes, or went. */
  last: 'running' | 'failed' | 'over'
}

export interface PhaseHead {
  /** It stands before this line. */
  seq: number
  span: PhaseSpan
  look: Phases['last']
}

/** Those that begin among these lines. `before`: the line that precedes them, if it is known. */
export function headsOf(lines: readonly LogLine[], before: LogLine | undefined, phases: Phases | null): PhaseHead[] {
  const last = lines.at(-1)
  if (phases === null || last === undefined || last.attempt < phases.attempt) return []
  const heads: PhaseHead[] = []
  let from = before !== undefined && before.attempt >= phases.attempt ? before.at : Number.NEGATIVE_INFINITY
  const { attempt, spans } = phases
  // Without the line before, only what begins after the first one is known to begin here.
  const isKnown = before !== undefined || lines[0]?.seq === 1
  if (!isKnown) from = lines[0]?.at ?? from
  for (const [place, span] of spans.entries()) {
    if (span.startedAt <= from || span.startedAt > last.at) continue
    const line = lines.find((each) => each.attempt === attempt && each.at >= span.startedAt)
    if (line !== undefined) heads.push({ seq: line.seq, span, look: place === spans.length - 1 ? phases.last : 'over' })
  }
  return heads
}

/** So many questions find a line among a thousand million. */
const mostQuestions = 32

/** The first line of an attempt that is not older than this; null where there is none. */
export async function lineAt(load: LoadLog, { attempt, at, last }: { attempt: number; at: number; last: number }): Promise<number | null> {
  let [low, high] = [1, last]
  let found: number | null = null
  for (let asked = 0; low <= high && asked < mostQuestions; asked++) {
    const middle = Math.floor((low + high) / 2)
    const line = (await load({ after: middle - 1, limit: 1 })).lines[0]
    if (line === undefined) high = middle - 1
    else if (line.attempt > attempt || (line.attempt === attempt && line.at >= at)) {
      found = line.attempt === attempt ? line.seq : found
      high = middle - 1
    } else low = line.seq + 1
  }
  return found
}
