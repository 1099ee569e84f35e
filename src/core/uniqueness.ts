// Unique keys: two submits with one key mean one job; what a second submit does is the kind's policy. Pure.

/**
 * What a submit does where a job with its unique key is active:
 * `return` answers with that job; `replaceQueued` takes the place of one that has not begun; `keepLast` lets one run and keeps one queued behind it,
 * with the newest input; `refuse` is an error.
 */
export type UniquePolicy = 'return' | 'replaceQueued' | 'keepLast' | 'refuse'

export const uniquePolicies: readonly UniquePolicy[] = ['return', 'replaceQueued', 'keepLast', 'refuse']

/** The key that `unique: true` stands for: one active job of the kind. */
export const onlyOne = '*'

/** Lock keys that begin so keep two jobs with one unique key from running at the same time. */
export const uniqueLockPrefix = 'unique/'

/** The active jobs that have the submitter's key. */
export interface ActiveWithKey {
  running: number | null
  queued: number | null
  /** The queued one asks for the very same. */
  queuedIsSame: boolean
}

export type Served =
  | { by: 'existing'; id: number }
  | { by: 'nobody'; active: number }
  /** A new job; `replaces` is cancelled for it, `behind` must settle before it may start. */
  | { by: 'new'; replaces: number | null; behind: number | null }

/** Which job serves a submitter (I2). */
export function serveSubmit(policy: UniquePolicy, { running, queued, queuedIsSame }: ActiveWithKey): Served {
  const active = queued ?? running
  if (active === null) return { by: 'new', replaces: null, behind: null }
  if (policy === 'refuse') return { by: 'nobody', active }
  if (policy === 'return' || (queued !== null && queuedIsSame)) return { by: 'existing', id: active }
  if (policy === 'replaceQueued' && queued === null) return { by: 'existing', id: active }
  return { by: 'new', replaces: queued, behind: running }
}
