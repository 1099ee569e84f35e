// How a kind, or one unique key of it, stands, in one word. Pure.
import type { KindActivity, KindCondition, SettledJob } from './activity.ts'
import type { Job } from './job.ts'

export interface KnownOfKind {
  active: Pick<Job, 'flags'> | null
  required: KindActivity['required']
  /** Oldest end first. */
  recent: readonly Pick<SettledJob, 'state'>[]
}

export function kindCondition({ active, required, recent }: KnownOfKind): KindCondition {
  if (active) return active.flags.includes('stalled') ? 'stalled' : 'active'
  if (required.length > 0) return 'required'
  // Who cancelled a job knows why nothing came of it.
  const last = recent.findLast(({ state }) => state !== 'cancelled')
  if (!last) return 'idle'
  return last.state === 'succeeded' ? 'succeeded' : 'failed'
}
