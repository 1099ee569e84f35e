// `openHoldfast` without what it opens: the supervisor is loaded when it is called. A job's process that shares a module with its app, such as
// the one with its settings, would load all of it at every start for nothing (docs/decisions/0025-the-supervisor-is-loaded-late.md).
import type { Holdfast } from './holdfast.ts'
import type { OpenOptions } from './open-holdfast.ts'

/**
 * Opens Holdfast on a data folder and starts looking after its jobs. What this process has open already is shared: the later call adds its kinds,
 * and what it says else counts from then on.
 *
 * @example
 * const holdfast = await openHoldfast({ kinds: [rebuild] })
 * const { job } = await holdfast.submit(rebuild, { mode: 'data' })
 * @throws HoldfastError `data_folder`, `schema_too_new`, `sqlite_too_old`, `database_unavailable`, `invalid_config`
 */
export async function openHoldfast(options: OpenOptions = {}): Promise<Holdfast> {
  const supervisor = await import('./open-holdfast.ts')
  return supervisor.openHoldfast(options)
}
