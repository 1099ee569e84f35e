// One simulated world: its time, its machine, its database, and what was found broken. Everything random in it comes from one seed.
import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../src/core/clock.ts'
import type { DataFolder } from '../../src/runner/data-folder.ts'
import type { SqlDatabase } from '../../src/store/sql-database.ts'
import type { Store } from '../../src/store/store.ts'
import { clockOn } from '../../src/testing/fake-clock.ts'
import { type FakeMachine, fakeMachine } from '../../src/testing/fake-machine.ts'
import { type Timeline, timeline } from '../../src/testing/timeline.ts'
import { type History, openHistory } from './history.ts'
import type { Mutant } from './mutants.ts'
import { type Chances, noFaults, type SimulationOptions } from './options.ts'
import { type Random, seededRandom } from './random.ts'
import { programOf } from './scripts.ts'
import { openSimulatedStore } from './simulated-store.ts'

export interface World {
  options: SimulationOptions
  mutant: Mutant | null
  random: Random
  time: Timeline
  /** The machine's time of day, which can be set. */
  clock: Clock
  machine: FakeMachine
  /** The production store, with nothing in between. */
  store: Store
  database: SqlDatabase
  folder: DataFolder
  history: History
  /** What calls back when something changed in the store. */
  bells: Set<Bell>
  /** Changes with every restart of the machine. */
  boots: number
  chance: Chances
  /** Sets the machine's time of day so much ahead of the truth. */
  setClock(aheadMs: number): void
  /** The latest time of day that the machine ever showed. */
  latestAt(): number
  /** The first promise that was broken. It ends the history. */
  violation: string | null
  /** Waits in the middle of the database's work, so that others get their turns. */
  gap(ms: number): Promise<void>
}

export interface Bell {
  of: 'jobs' | 'lines' | 'coming'
  ring(): void
}

export interface WorldOptions {
  options: SimulationOptions
  mutant: Mutant | null
  folder: DataFolder
  print: ((line: string) => void) | null
}

export async function openWorld({ options, mutant, folder, print }: WorldOptions): Promise<OpenedWorld> {
  const time = timeline()
  const random = seededRandom(options.seed + 1)
  const atWork = { calls: 0 }
  const clock: Clock = clockOn(
    () => startAt + time.now() + aheadMs,
    (ms, act) => time.at(time.now() + ms, act),
  )
  async function gap(ms: number): Promise<void> {
    atWork.calls--
    await clock.sleep(ms)
    atWork.calls++
  }
  let aheadMs = 0
  let mostAheadMs = 0
  function setClock(ms: number): void {
    aheadMs = ms
    mostAheadMs = Math.max(mostAheadMs, ms)
  }
  const { store, database } = await openSimulatedStore({ startAt, atWork, mutant, gap, random })
  const machine = fakeMachine({ clock, program: programOf })
  const parts = { options, mutant, random, time, clock, machine, store, database, folder, gap, setClock }
  const world: World = {
    ...parts,
    history: openHistory(print),
    bells: new Set(),
    boots: 1,
    chance: options.chance,
    latestAt: () => startAt + time.now() + mostAheadMs,
    violation: null,
  }
  return { world, next: () => next(world, atWork), calm: () => calm(world) }
}

export interface OpenedWorld {
  world: World
  /** Lets the next thing happen, until everything that it set going waits for time to pass; false when nothing is left. */
  next(): Promise<boolean>
  /** No more faults. */
  calm(): void
}

export function broken(world: World, promise: string, what: string): void {
  if (world.violation !== null) return
  world.violation = `${promise}: ${what}`
  world.history.add(`${world.time.now()} BROKEN ${world.violation}`)
}

async function next({ time }: World, atWork: { calls: number }): Promise<boolean> {
  if (!time.next()) return false
  do await turn()
  while (atWork.calls > 0)
  return true
}

// Also what waits for a time of day comes: the clock is never behind what it once showed.
function calm(world: World): void {
  world.chance = noFaults
  world.setClock(2 * clockJumpMs)
}

/** The clock of the machine is never set further from the truth. */
export const clockJumpMs = 3_600_000

const startAt = Date.UTC(2026, 0, 1)
