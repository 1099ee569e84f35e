// Many jobs at once: which of them something can be done to, how it is asked for piece by piece, and what it came to in words. Pure, but for asking.
import type { BulkAnswer, HoldfastClient, Job, JobState } from 'holdfast/client'
import { count } from '../../../src/views/format.ts'

export type Deed = 'cancel' | 'retry'

/** Those that it can be done to; of all that match, only those that nobody wanted to end so. */
const fitting: Record<Deed, { chosen: readonly JobState[]; matching: readonly JobState[] }> = {
  cancel: { chosen: ['queued', 'running'], matching: ['queued', 'running'] },
  retry: { chosen: ['failed', 'interrupted', 'cancelled', 'expired'], matching: ['failed', 'interrupted'] },
}

/** Jobs by number, or all of a filter. */
export type Which = { ids: readonly number[] } | Matching

export interface Matching {
  state: readonly JobState[]
  kind?: string
  queue?: string
  submittedBy?: string
}

export function idsFor(deed: Deed, jobs: Iterable<Pick<Job, 'id' | 'state'>>): number[] {
  return [...jobs].filter(({ state }) => fitting[deed].chosen.includes(state)).map(({ id }) => id)
}

/** `states`: those of the filter; none: all. Empty: nothing of it can be done. */
export function statesFor(deed: Deed, states: readonly JobState[]): JobState[] {
  const asked = states.length === 0 ? fitting[deed].matching : fitting[deed].chosen.filter((state) => states.includes(state))
  return [...asked]
}

export interface Outcome {
  done: number
  refused: { id: number; reason: string }[]
  /** Somebody stopped it before it was through. */
  isStopped: boolean
}

/** The server takes so many numbers in one call. */
const idsInCall = 500
/** More reasons nobody reads. */
const mostRefused = 1_000

export interface Asking {
  signal: AbortSignal
  onProgress: (outcome: Outcome) => void
}

/** @throws HoldfastClientError when a part could not be asked for; `onProgress` has told what was done before */
export async function askMany(
  client: Pick<HoldfastClient, 'cancelMany' | 'retryMany'>,
  deed: Deed,
  which: Which,
  { signal, onProgress }: Asking,
): Promise<Outcome> {
  let outcome: Outcome = { done: 0, refused: [], isStopped: false }
  const take = ({ done, refused }: BulkAnswer) => {
    outcome = {
      done: outcome.done + done.length,
      refused: [...outcome.refused, ...refused].slice(0, mostRefused),
      isStopped: false,
    }
    onProgress(outcome)
  }
  const call = deed === 'cancel' ? client.cancelMany : client.retryMany
  for (const part of partsOf(which)) {
    for (let before: number | null | undefined; before !== null; ) {
      if (signal.aborted) return { ...outcome, isStopped: true }
      // What was sent is done: an answer is waited for, and only the next piece is not asked for.
      const answer: BulkAnswer = await call({ ...part, by: 'dashboard', ...(before !== undefined && { before }) })
      take(answer)
      before = answer.before
    }
  }
  return outcome
}

function partsOf(which: Which): Which[] {
  if (!('ids' in which)) return [which]
  const parts: Which[] = []
  for (let from = 0; from < which.ids.length; from += idsInCall) parts.push({ ids: which.ids.slice(from, from + idsInCall) })
  return parts
}

/** "38 jobs are being cancelled, 2 had ended already." */
export function outcomeWords(deed: Deed, { done, refused, isStopped }: Outcome): string {
  const ended = deed === 'cancel' ? refused.filter(({ reason }) => hasEnded.test(reason)) : []
  const others = refused.filter((one) => !ended.includes(one))
  const words = [
    `${jobs(done)} ${done === 1 ? 'is' : 'are'} ${deed === 'cancel' ? 'being cancelled' : 'queued again'}`,
    ended.length > 0 && `${count(ended.length)} had ended already`,
    others.length > 0 && `${count(others.length)} could not be`,
  ]
  const why = others[0] === undefined ? '' : ` ${others[0].reason}`
  return `${words.filter(Boolean).join(', ')}.${why}${isStopped ? ' Stopped there; what was asked for stays.' : ''}`
}

/** As the server says of a job that has. */
const hasEnded = /^Job \d+ is (succeeded|failed|interrupted|expired)\.$/

export function jobs(total: number): string {
  return total === 1 ? '1 job' : `${count(total)} jobs`
}
