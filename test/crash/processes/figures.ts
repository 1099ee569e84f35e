// How long things took, from the triggers' times and the files': until a living job had another runner, and until an end was written down.
import type { Change } from './database.ts'
import type { AttemptRow, Evidence } from './evidence.ts'
import type { Blow } from './troupe.ts'

export interface Figure {
  count: number
  p50: number
  p99: number
  max: number
}

export interface Figures {
  /** Milliseconds from a runner's kill to its living job being another's, while nobody was frozen. */
  adopted: Figure
  /** Milliseconds from the exit record to the settled row, while its runner lived and nobody was frozen. */
  settled: Figure
}

interface Owned {
  runner: string
  since: number
}

/** `pids`: of which process a runner was. */
export function figuresOf(
  { changes, attempts }: Evidence,
  { blows, pids }: { blows: readonly Blow[]; pids: ReadonlyMap<string, number> },
): Figures {
  const recorded = new Map(attempts.map((attempt: AttemptRow) => [`${attempt.job}.${attempt.attempt}`, attempt.recordedAt]))
  const owners = new Map<number, Owned>()
  const adopted: number[] = []
  const settled: number[] = []
  for (const change of changes) {
    const owner = owners.get(change.job)
    const endedAt = recorded.get(`${change.job}.${change.attempts}`) ?? null
    if (owner && isTakenOver(change, owner)) {
      const killedAt = blowsTo(owner, blows, pids).find(({ what }) => what === 'kill')?.at
      // One that had ended by then was settled, not adopted.
      const isLiving = endedAt === null || endedAt > change.at
      if (killedAt !== undefined && killedAt > owner.since && isLiving && !isFrozen(blows, killedAt, change.at))
        adopted.push(change.at - killedAt)
    }
    if (
      owner &&
      change.from === 'running' &&
      change.to !== 'running' &&
      change.to !== 'stopping' &&
      endedAt !== null &&
      endedAt > owner.since
    ) {
      const disturbed = blowsTo(owner, blows, pids).some(({ at, until }) => at < change.at && until > endedAt)
      if (!disturbed && !isFrozen(blows, endedAt, change.at)) settled.push(change.at - endedAt)
    }
    if (change.runner !== null && change.runner !== owner?.runner) owners.set(change.job, { runner: change.runner, since: change.at })
    if (change.runner === null) owners.delete(change.job)
  }
  return { adopted: figureOf(adopted), settled: figureOf(settled) }
}

// Who is frozen in the middle of a commit keeps SQLite's lock, and everybody waits for him.
function isFrozen(blows: readonly Blow[], from: number, to: number): boolean {
  return blows.some(({ what, at, until }) => what === 'freeze' && at < to && until > from)
}

function isTakenOver({ from, to, token, tokenFrom, runner }: Change, owner: Owned): boolean {
  return from === to && token > tokenFrom && runner !== null && runner !== owner.runner
}

function blowsTo({ runner }: Owned, blows: readonly Blow[], pids: ReadonlyMap<string, number>): Blow[] {
  const pid = pids.get(runner)
  return blows.filter((blow) => blow.pid === pid)
}

function figureOf(values: number[]): Figure {
  const sorted = values.sort((a, b) => a - b)
  const at = (part: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0)
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}
