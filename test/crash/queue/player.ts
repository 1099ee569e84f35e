// What the parts of a worker share: its store, its record, its name, and what it holds.
import type { Clock } from '../../../src/core/clock.ts'
import type { RunnerPlace, Store } from '../../../src/store/store.ts'
import type { Recorder } from './history.ts'
import type { Random } from './world.ts'

export interface Player {
  store: Store
  recorder: Recorder
  clock: Clock
  random: Random
  /** Folder of the start-once latches. */
  starts: string
  /** It gets another one when the others have taken it for dead. */
  place: RunnerPlace
  kinds: readonly string[]
  held: Set<number>
  /** Runners that are gone, or taken for gone. */
  dead: Set<string>
  /** Jobs it has met; the newest last. */
  met: number[]
  draining: boolean
  stopped: boolean
  /** A text unlike any other of the campaign. */
  unlike(what: string): string
  /** Lets the next look for work come at once. */
  wake(): void
}

export function meet(player: Player, id: number): void {
  player.met.push(id)
  if (player.met.length > 60) player.met.shift()
}
