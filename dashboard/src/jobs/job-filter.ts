// What the list is narrowed to. It lives in the URL, so that a view can be bookmarked and sent to somebody.
import type { JobCounts, JobState } from 'holdfast/client'
import type { StateIcon, Tone } from '../../../src/views/job-words.ts'
import { link } from '../place.ts'
import type { Matching } from './bulk.ts'

export interface StateChip {
  id: string
  word: string
  states: JobState[]
  look: { tone: Tone; icon: StateIcon } | null
  /** Shown only when there are some: most installations never see one. */
  rare?: true
}

export const chips: StateChip[] = [
  { id: '', word: 'All', states: [], look: null },
  { id: 'running', word: 'Running', states: ['running', 'stopping'], look: { tone: 'running', icon: 'running' } },
  { id: 'waiting', word: 'Waiting', states: ['queued'], look: { tone: 'queued', icon: 'queued' } },
  { id: 'failed', word: 'Failed', states: ['failed'], look: { tone: 'failed', icon: 'cross' } },
  { id: 'interrupted', word: 'Interrupted', states: ['interrupted'], look: { tone: 'interrupted', icon: 'broken' } },
  { id: 'cancelled', word: 'Cancelled', states: ['cancelled'], look: { tone: 'cancelled', icon: 'slash' } },
  { id: 'expired', word: 'Expired', states: ['expired'], look: { tone: 'queued', icon: 'clock' }, rare: true },
  { id: 'succeeded', word: 'Succeeded', states: ['succeeded'], look: { tone: 'succeeded', icon: 'check' } },
]

export interface JobListFilter {
  chip: StateChip
  kind: string | null
  queue: string | null
  /** Who asked for them. */
  by: string | null
  /** Only jobs with a smaller number; null on the newest page. */
  before: number | null
}

export function filterOf(query: Record<string, string | undefined>): JobListFilter {
  const before = Number(query.before)
  return {
    chip: chips.find(({ id }) => id === (query.state ?? '')) ?? allJobs,
    kind: query.kind || null,
    queue: query.queue || null,
    by: query.by || null,
    before: Number.isSafeInteger(before) && before > 0 ? before : null,
  }
}

export function filterLink({ chip, kind, queue, by, before }: JobListFilter): string {
  const address = { state: chip.id, kind: kind ?? undefined, queue: queue ?? undefined, by: by ?? undefined }
  return link('jobs', { ...address, before: before === null ? undefined : String(before) })
}

/** Narrowed by more than a state: what is counted is of all jobs, and beside it would mislead. */
export function hasMore({ kind, queue, by }: JobListFilter): boolean {
  return kind !== null || queue !== null || by !== null
}

/** As the API has it, but for the states. */
export function matchingOf({ kind, queue, by }: JobListFilter): Omit<Matching, 'state'> {
  return { ...(kind !== null && { kind }), ...(queue !== null && { queue }), ...(by !== null && { submittedBy: by }) }
}

export function totalOf({ states }: StateChip, counts: JobCounts): number {
  return statesOf(states).reduce((sum, state) => sum + counts[state], 0)
}

/** None: all of them. What is counted may come with more than counts. */
export function statesOf(states: readonly JobState[]): readonly JobState[] {
  return states.length > 0 ? states : chips.flatMap((chip) => chip.states)
}

export const allJobs = chips[0] as StateChip
