// Which snapshots are current, as this process last saw it: in memory, read again after whatever may have changed it. Knows nothing of pins.
import type { Clock } from '../core/clock.ts'
import { limits } from '../core/limits.ts'
import type { SnapshotRecord, Store } from '../store/store.ts'

export interface Pointers {
  /** From memory, unless something has happened since it was read, or that was a second ago. Where the store cannot be read: as last seen. */
  current(name: string): Promise<SnapshotRecord | null>
  /** Takes over what was read elsewhere. */
  saw(name: string, current: SnapshotRecord | null): void
  /** The next look is at the store. */
  forget(): void
}

interface Seen {
  current: SnapshotRecord | null
  at: number
  /** How often something had happened by then. */
  hints: number
}

export function openPointers(store: Store, clock: Clock): Pointers {
  const seen = new Map<string, Seen>()
  const reading = new Map<string, Promise<SnapshotRecord | null>>()
  let hints = 0
  store.onChange(() => {
    hints++
  }, 'jobs')

  async function read(name: string): Promise<SnapshotRecord | null> {
    // Before it is read: what happens meanwhile is for the next one.
    const state = { at: clock.now(), hints }
    try {
      const current = (await store.artifacts.list({ names: [name] }))[0]?.current ?? null
      seen.set(name, { current, ...state })
      return current
    } catch (error) {
      const before = seen.get(name)
      if (!before) throw error
      return before.current
    } finally {
      reading.delete(name)
    }
  }

  return {
    async current(name) {
      const last = seen.get(name)
      if (last && last.hints === hints && Math.abs(clock.now() - last.at) < limits.pollMs) return last.current
      // One that is on its way may have looked before what the caller knows of.
      await reading.get(name)?.catch(() => undefined)
      const again = reading.get(name) ?? read(name)
      reading.set(name, again)
      return again
    },
    saw: (name, current) => void seen.set(name, { current, at: clock.now(), hints }),
    forget() {
      hints++
    },
  }
}
