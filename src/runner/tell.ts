// An error that nobody waits for, told with where it came from. What breaks off because the runner closes is none. What goes wrong again and
// again, as when the data folder is gone, is told once in a while with how often: it must not fill the disk.
import { limits } from '../core/limits.ts'
import type { House, Logger } from './house.ts'

interface Told {
  at: number
  /** How often it came since, untold. */
  times: number
}

const toldBy = new WeakMap<Logger, Map<string, Told>>()

export function tell(house: Pick<House, 'closing' | 'clock' | 'logger'>, what: string, error: unknown): void {
  if (house.closing.aborted) return
  const told = toldBy.get(house.logger) ?? new Map<string, Told>()
  toldBy.set(house.logger, told)
  const now = house.clock.now()
  const last = told.get(what)
  if (last && now - last.at < limits.sameTroubleMs) {
    last.times++
    return
  }
  // The oldest goes first.
  told.delete(what)
  for (const [name] of told.size >= limits.troubles ? told : []) if (told.delete(name)) break
  told.set(what, { at: now, times: 0 })
  const again = last && last.times > 0 ? ` (${last.times} more times since it was last said)` : ''
  house.logger.error(`${what}${again}: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
}
