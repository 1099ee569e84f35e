// What an artifact's condition is, and why, in words for people. Pure.
import type { ArtifactCondition, ArtifactView, Build, Snapshot, Wanted } from './artifact.ts'
import { isSettled } from './transitions.ts'

export interface KnownOfArtifact {
  current: Pick<Snapshot, 'number' | 'fingerprint' | 'jobId'> | null
  wanted: Wanted | null
  /** The newest jobs for it, in whatever order. */
  builds: readonly Build[]
}

export type Conditioned = Pick<ArtifactView, 'condition' | 'required' | 'anotherRequired' | 'reasons' | 'building' | 'next' | 'last'>

export function conditionOf({ current, wanted, builds }: KnownOfArtifact): Conditioned {
  const active = builds.filter(({ state }) => !isSettled(state)).sort(runningFirst)
  const [building = null, next = null] = active
  const last = builds.filter(({ state }) => isSettled(state)).sort((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0))[0] ?? null
  const required = wanted !== null && current?.fingerprint !== wanted.fingerprint
  const anotherRequired = wanted !== null && active.length > 0 && !active.some(({ fingerprint }) => fingerprint === wanted.fingerprint)
  const known = { current, wanted, building, next, last, required, anotherRequired }
  const condition = conditionIn(known)
  return { condition, required, anotherRequired, reasons: reasonsOf(condition, known), building, next, last }
}

type Known = Omit<KnownOfArtifact, 'builds'> & Omit<Conditioned, 'condition' | 'reasons'>

function conditionIn({ current, wanted, building, last, required }: Known): ArtifactCondition {
  if (building) return 'building'
  // A person who changed the settings after a failure has seen it.
  const isNews = last !== null && !(wanted !== null && wanted.at > (last.finishedAt ?? 0))
  if (last && isNews && hasFailed(last)) return 'failed'
  if (required) return 'required'
  return last?.state === 'succeeded' && current?.jobId === last.jobId ? 'succeeded' : 'idle'
}

// Who cancelled a job knows why nothing came of it.
function hasFailed({ state }: Build): boolean {
  return state === 'failed' || state === 'interrupted' || state === 'expired'
}

function reasonsOf(condition: ArtifactCondition, { current, wanted, building, next, last, required, anotherRequired }: Known): string[] {
  const reasons: string[] = []
  if (building)
    reasons.push(building.state === 'queued' ? `Job #${building.jobId} is queued to build it.` : `Job #${building.jobId} builds it now.`)
  if (next) reasons.push(`Job #${next.jobId} is queued to build it after that.`)
  if (anotherRequired && building) reasons.push(`${anotherWords(wanted, building)}: another build will be required when this one finishes.`)
  if (condition === 'failed' && last) reasons.push(`Job #${last.jobId} ${stateWords[last.state] ?? last.state}${failureWords(last)}`)
  if (required && !building) reasons.push(requiredWords(current, wanted))
  if (!current) reasons.push(wanted && required && !building ? 'There is no snapshot yet.' : 'No snapshot was published yet.')
  else if (condition === 'failed' || condition === 'building') reasons.push(`Snapshot ${current.number} is unchanged and still current.`)
  if (condition === 'succeeded' && last && current) reasons.push(`Job #${last.jobId} published snapshot ${current.number}.`)
  if (condition === 'idle' && current) reasons.push(`Snapshot ${current.number} is current${wanted ? ' and is what is wanted' : ''}.`)
  return reasons
}

function requiredWords(current: KnownOfArtifact['current'], wanted: Wanted | null): string {
  if (!current) return `It was never built from what is wanted${byWords(wanted)}.`
  if (current.fingerprint === null) return `Snapshot ${current.number} does not say what it was built from.`
  return `Snapshot ${current.number} was built from something else than what is wanted${byWords(wanted)}.`
}

function anotherWords(wanted: Wanted | null, { submittedAt }: Build): string {
  return `${wanted && wanted.at < submittedAt ? 'It is not built from what is wanted' : 'What is wanted changed meanwhile'}${byWords(wanted)}`
}

const stateWords: Partial<Record<Build['state'], string>> = {
  failed: 'failed',
  interrupted: 'was interrupted',
  expired: 'was not started in time',
}

function failureWords({ failure }: Build): string {
  if (failure === null) return '.'
  return `: ${failure.message}${/[.!?…]$/.test(failure.message) ? '' : '.'}`
}

function byWords(wanted: Wanted | null): string {
  return wanted?.by ? ` (changed by ${wanted.by})` : ''
}

function runningFirst(a: Build, b: Build): number {
  const rank = ({ state }: Build) => (state === 'queued' ? 1 : 0)
  return rank(a) - rank(b) || a.jobId - b.jobId
}
