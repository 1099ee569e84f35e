// The offline checker: a history and the rows at the end, against the promises of DESIGN §2. Pure; the product's own rules are not used here.
import { checkFences } from './check-fences.ts'
import { checkKeys } from './check-keys.ts'
import { checkLines } from './check-lines.ts'
import { checkRows } from './check-rows.ts'
import { checkSettled } from './check-settled.ts'
import type { FinalRows } from './final-rows.ts'
import { callsOf, type Facts, type Op } from './history.ts'

export interface Evidence {
  ops: readonly Op[]
  rows: FinalRows
}

export interface Violation {
  /** `I1` … `I7`, or what else was promised. */
  promise: string
  what: string
}

export type Tell = (promise: string, what: string) => void

/** All that is known, as the checks want it. */
export interface Known extends Evidence {
  facts: ReadonlyMap<number, Facts>
  tell: Tell
}

export function check(evidence: Evidence): Violation[] {
  const violations: Violation[] = []
  const tell: Tell = (promise, what) => violations.push({ promise, what })
  const known: Known = { ...evidence, facts: factsIn(evidence), tell }
  for (const op of evidence.ops) if (op.threw !== null) tell('no call fails', `${op.process} ${op.name}: ${op.threw}`)
  checkRows(known)
  checkKeys(known)
  checkLines(known)
  checkFences(known)
  checkSettled(known)
  return violations
}

function factsIn({ ops, rows }: Evidence): Map<number, Facts> {
  // Those seen earliest come last: the database forgets what no longer matters to it.
  const all = [
    ...rows.jobs,
    ...callsOf(ops, 'claim').flatMap(({ answer }) => answer?.map(({ facts }) => facts) ?? []),
    ...callsOf(ops, 'look').flatMap(({ answer }) => answer?.fresh ?? []),
  ]
  return new Map(all.map((facts) => [facts.id, facts]))
}
