// What needs somebody, in the order of how much: stalled, failed, interrupted, required. Pure; draws nothing.
import type { ArtifactView, Job, Json, KindActivity } from 'holdfast/client'
import { isStalled } from '../../../src/views/job-words.ts'

export type Attention = { is: 'stalled' | 'failed' | 'interrupted'; job: Job } | { is: 'required'; artifact: ArtifactView }

/** A failure of before is no news. */
export const attentionMs = 24 * 3_600_000

export interface Known {
  active: readonly Job[]
  /** Failed and interrupted, newest first. */
  ended: readonly Job[]
  madeGood: MadeGood
  artifacts: readonly ArtifactView[]
  /** As `dismissalOf` has them. */
  dismissed: ReadonlySet<string>
  now: number
}

export function attentionOf({ active, ended, madeGood, artifacts, dismissed, now }: Known): Attention[] {
  const lately = ended.filter(
    (job) =>
      job.finishedAt !== null && job.finishedAt > now - attentionMs && !dismissed.has(dismissalOf(job)) && !isMadeGood(job, madeGood),
  )
  return [
    ...active.filter(isStalled).map((job): Attention => ({ is: 'stalled', job })),
    ...lately.filter(({ state }) => state === 'failed').map((job): Attention => ({ is: 'failed', job })),
    ...lately.filter(({ state }) => state === 'interrupted').map((job): Attention => ({ is: 'interrupted', job })),
    ...artifacts
      .filter(({ required, building }) => required && building === null)
      .map((artifact): Attention => ({ is: 'required', artifact })),
  ]
}

/** A job that fails once more is told once more. */
export function dismissalOf({ id, attempts }: Job): string {
  return `${id}-${attempts}`
}

export interface MadeGood {
  /** How kinds and unique keys stand that some job ended badly with. */
  kinds: readonly KindActivity[]
  /** Jobs without a key that succeeded. */
  succeeded: readonly Job[]
}

/** A later job that stands for the same has succeeded: with the same unique key, or, where there is none, with the same name, input and command. */
export function isMadeGood(job: Job, { kinds, succeeded }: MadeGood): boolean {
  const endedAt = job.finishedAt ?? 0
  if (job.uniqueKey !== null) {
    const same = kinds.find(({ kind, key }) => kind === job.kind && key === job.uniqueKey)
    return same !== undefined && (same.succeededAt ?? 0) > endedAt
  }
  // What is not told cannot be compared.
  if (job.omitted.includes('input')) return false
  return succeeded.some((other) => other.kind === job.kind && (other.finishedAt ?? 0) > endedAt && isLike(job, other))
}

function isLike(one: Job, other: Job): boolean {
  return (
    other.uniqueKey === null &&
    !other.omitted.includes('input') &&
    one.name === other.name &&
    sameJson(one.input, other.input) &&
    sameJson(one.command, other.command)
  )
}

function sameJson(one: Json, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** What is asked of the server about jobs that ended badly: keys by name, and kinds whose jobs have none. Both bounded. */
export function askedOf(ended: readonly Job[]): { keys: string[]; kinds: string[] } {
  const keys = ended.flatMap(({ kind, uniqueKey }) => (uniqueKey === null ? [] : [`${kind}/${encodeURIComponent(uniqueKey)}`]))
  const kinds = ended.flatMap(({ kind, uniqueKey }) => (uniqueKey === null ? [kind] : []))
  return { keys: [...new Set(keys)].slice(0, mostKeys), kinds: [...new Set(kinds)].slice(0, mostKinds) }
}

const mostKeys = 50
const mostKinds = 10
