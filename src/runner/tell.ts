// An error that nobody waits for, told with where it came from. What breaks off because the runner closes is none.
import type { House } from './house.ts'

export function tell(house: House, what: string, error: unknown): void {
  if (!house.closing.aborted) house.logger.error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
}
