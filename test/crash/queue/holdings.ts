// When a job certainly ran: from the answer to a claim to the last call that its holder's lease was still good for. Pure.
import { callsOf, type Facts, type Held, type Op } from './history.ts'

export interface Holding {
  facts: Facts
  attempt: number
  from: number
  until: number
}

/** One for each attempt that anybody knows to have run. */
export function holdingsIn(ops: readonly Op[], facts: ReadonlyMap<number, Facts>): Holding[] {
  const found = new Map<string, Holding>()
  for (const { held, from, until } of sightings(ops)) {
    const of = facts.get(held.id)
    if (!of) continue
    const name = `${held.id}-${held.attempt}`
    const before = found.get(name)
    if (!before) found.set(name, { facts: of, attempt: held.attempt, from, until })
    else Object.assign(before, { from: Math.min(before.from, from), until: Math.max(before.until, until) })
  }
  return [...found.values()].filter(({ from, until }) => from < until)
}

interface Sighting {
  held: Held
  /** From here on it certainly ran. */
  from: number
  /** Until here it certainly ran. */
  until: number
}

// Whatever was carried out under a lease was so between the call and its answer: the job ran when it was called, if it had been claimed by then.
function* sightings(ops: readonly Op[]): Generator<Sighting> {
  for (const { answer, to } of callsOf(ops, 'claim')) for (const held of answer ?? []) yield { held, from: to, until: to }
  for (const { asked, answer, from, to } of callsOf(ops, 'takeOver'))
    if (answer !== null && answer !== 'lost') yield { held: asked, from: to, until: from }
  for (const { asked, answer, from, to } of callsOf(ops, 'begun')) if (answer === 'ok') yield { held: asked, from: to, until: from }
  for (const { asked, answer, from, to } of callsOf(ops, 'observe'))
    if (answer !== null && answer !== 'lost') yield { held: asked, from: to, until: from }
  // It ends in between, so its answer says nothing of afterwards.
  for (const { asked, answer, from } of callsOf(ops, 'finish'))
    if (answer !== null && answer !== 'lost') yield { held: asked, from: Number.POSITIVE_INFINITY, until: from }
}
