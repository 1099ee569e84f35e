// Nothing overtakes: while a job is certainly in line, nothing later that conflicts is claimed. And what is paused does not start. Pure.
import type { Known } from './checker.ts'
import { callsOf, type Facts, type Op } from './history.ts'

export function checkLines(known: Known): void {
  const claims = callsOf(known.ops, 'claim').flatMap(({ from, to, answer }) => (answer ?? []).map(({ facts }) => ({ facts, from, to })))
  for (const stay of staysInLine(known)) checkStay(known, stay, claims)
  checkPauses(known, claims)
}

interface Claim {
  facts: Facts
  from: number
  to: number
}

/** A job was in the line of each of its keys all that time. */
interface Stay {
  facts: Facts
  since: number
  until: number
}

function checkStay({ tell }: Known, { facts: waiting, since, until }: Stay, claims: readonly Claim[]): void {
  const start = firstFrom(claims, since)
  for (let index = start; index < claims.length; index++) {
    const claim = claims[index]
    if (!claim || claim.from > until) return
    if (claim.to >= until || !isLater(claim.facts, waiting)) continue
    const key = conflictBetween(waiting, claim.facts)
    if (key !== null) tell('no overtaking', overtaking({ facts: waiting, since, until }, claim, key))
  }
}

function overtaking({ facts: { id }, since, until }: Stay, claim: Claim, key: string): string {
  return `job ${claim.facts.id} was started (${claim.from}…${claim.to}) while job ${id} was in line for ${key} (${since}…${until})`
}

// Claims are in the order they began.
function firstFrom(claims: readonly Claim[], instant: number): number {
  let [low, high] = [0, claims.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((claims[middle]?.from ?? 0) <= instant) low = middle + 1
    else high = middle
  }
  return low
}

function isLater(a: Facts, b: Facts): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.id > b.id)
}

function conflictBetween(a: Facts, b: Facts): string | null {
  const common = a.locks.find((lock) => b.locks.some((other) => other.key === lock.key && [lock.mode, other.mode].includes('exclusive')))
  return common?.key ?? null
}

/** From the first look that saw it parked to the last that saw it queued, unless something may have taken it out of its lines meanwhile. */
function staysInLine({ ops, facts }: Known): Stay[] {
  const mayHaveLeft = leavingsIn(ops)
  const stays: Stay[] = []
  const open = new Map<number, Stay & { attempts: number; seenFrom: number }>()
  const end = (id: number) => {
    const stay = open.get(id)
    if (stay && stay.since < stay.until) stays.push(stay)
    open.delete(id)
  }
  for (const { from, to, answer } of callsOf(ops, 'look')) {
    const queued = new Map(
      (answer?.jobs ?? []).flatMap(([id, state, hold, attempts]) => (state === 'queued' ? [[id, { hold, attempts }]] : [])),
    )
    for (const [id, stay] of open) {
      const seen = queued.get(id)
      const isInLine = seen?.attempts === stay.attempts && (seen.hold === 'key' || seen.hold === 'ready')
      if (!isInLine || mayHaveLeft(stay.facts, { from: stay.seenFrom, to })) end(id)
      else stay.until = from
    }
    for (const [id, { hold, attempts }] of queued) {
      const of = facts.get(id)
      if (hold === 'key' && of && !open.has(id)) open.set(id, { facts: of, since: to, until: to, attempts, seenFrom: from })
    }
  }
  for (const id of [...open.keys()]) end(id)
  return stays
}

type Span = Pick<Op, 'from' | 'to'>

/** Whether something may have taken the job out of its lines in that time: a pause of its queue or kind, or its own retry. */
function leavingsIn(ops: readonly Op[]): (facts: Facts, during: Span) => boolean {
  const pauses = callsOf(ops, 'pause').filter(({ asked }) => asked.paused)
  const retries = Map.groupBy(callsOf(ops, 'retry'), ({ asked }) => asked.id)
  const isDuring = (one: Span, { from, to }: Span) => one.from <= to && one.to >= from
  return ({ id, queue, kind }, during) =>
    pauses.some((pause) => (pause.asked.queue === queue || pause.asked.kind === kind) && isDuring(pause, during)) ||
    (retries.get(id) ?? []).some((retry) => isDuring(retry, during))
}

function checkPauses({ ops, tell }: Known, claims: readonly Claim[]): void {
  for (const { asked, since, until } of certainPauses(ops))
    for (const claim of claims)
      if (claim.from > since && claim.to < until && (claim.facts.queue === asked.queue || claim.facts.kind === asked.kind))
        tell('a pause holds', `job ${claim.facts.id} was started (${claim.from}…${claim.to}) while ${asked.queue ?? asked.kind} was paused`)
}

/** From the answer to a pause to the next call that may have ended it. */
function certainPauses(ops: readonly Op[]) {
  const all = callsOf(ops, 'pause')
  return all.flatMap(({ asked, answer, from, to }) => {
    if (!asked.paused || answer === null) return []
    const resumes = all.filter((other) => !other.asked.paused && other.asked.queue === asked.queue && other.asked.kind === asked.kind)
    const until = Math.min(...resumes.filter((resume) => resume.to >= from).map((resume) => resume.from))
    return until > to ? [{ asked, since: to, until }] : []
  })
}
