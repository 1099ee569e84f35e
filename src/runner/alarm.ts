// Wakes somebody at an instant that is nearer than the next poll; whatever lies further ahead, the poll finds.
import { limits } from '../core/limits.ts'
import type { House } from './house.ts'

export interface Alarm {
  /** In place of what was set before. Null: none. */
  set(at: number | null): void
}

export function alarm({ clock, closing }: Pick<House, 'clock' | 'closing'>, ring: () => void): Alarm {
  let waiting: AbortController | null = null
  return {
    set(at) {
      waiting?.abort()
      waiting = null
      if (at === null || closing.aborted || at - clock.now() >= limits.pollMs) return
      waiting = new AbortController()
      const signal = AbortSignal.any([closing, waiting.signal])
      clock.sleep(Math.max(0, at - clock.now()), signal).then(ring, () => undefined)
    },
  }
}
