// Snapshots that this process reads: named in the store, so that nobody removes them. One row for a snapshot, however many read it here.
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'
import type { House } from '../runner/house.ts'
import { pinHolder } from '../runner/pin-holder.ts'
import { tell } from '../runner/tell.ts'
import type { SnapshotRecord } from '../store/store.ts'
import type { Pointers } from './pointers.ts'

export interface Pins {
  /** The current snapshots of these artifacts, all of one instant; or, of one, the `number` of it. Each that is there is read from now on, until `letGo`. */
  take(names: readonly string[], number?: number): Promise<(SnapshotRecord | null)[]>
  letGo(snapshot: SnapshotRecord): void
  /** Nothing is read any more. */
  close(): Promise<void>
}

export function openPins(house: House, pointers: Pointers): Pins {
  const holder = pinHolder(house)
  /** How many read each here. */
  const readers = new Map<number, number>()
  /** What the store knows that we read. The last current one stays, also between two readers: the next one costs no write. */
  const held = new Map<number, SnapshotRecord>()
  let last: Promise<unknown> = Promise.resolve()
  let stopRenewing: (() => void) | null = null
  let isClosed = false

  function inTurn<R>(work: () => Promise<R>): Promise<R> {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }

  function read(snapshot: SnapshotRecord): void {
    readers.set(snapshot.id, (readers.get(snapshot.id) ?? 0) + 1)
  }

  /** Says what is read here: what has readers, the current one of every other artifact, and what is asked for. */
  async function hold(names: readonly string[], number?: number): Promise<(SnapshotRecord | null)[]> {
    for (const [id, { artifact }] of [...held]) {
      if (readers.has(id)) continue
      const isOld = names.includes(artifact) || (await pointers.current(artifact))?.id !== id
      // Somebody may have begun to read it meanwhile.
      if (isOld && !readers.has(id)) held.delete(id)
    }
    if (isClosed) throw new HoldfastError('closed', 'Holdfast was closed.')
    const asked = number === undefined ? {} : { number }
    const found = await house.store.artifacts.hold({ holder, names, keep: [...held.keys()], now: house.clock.now(), ...asked })
    for (const snapshot of found) if (snapshot) held.set(snapshot.id, snapshot)
    stopRenewing ??= house.clock.every(limits.pinRenewMs, renew)
    return found
  }

  function renew(): void {
    if (held.size > 0) inTurn(() => hold([])).catch(untold)
  }

  // What is not told now is told with the next renewal.
  function untold(error: unknown): void {
    if (!house.closing.aborted) tell(house, 'could not say which snapshots are read', error)
  }

  async function currentHeld(names: readonly string[]): Promise<SnapshotRecord[] | null> {
    // One look for all of them: two that are published together are seen together.
    const found = await house.store.artifacts.list({ names })
    const current = names.flatMap((name) => found.find((one) => one.name === name)?.current ?? [])
    return current.length === names.length && current.every(({ id }) => held.has(id)) ? current : null
  }

  return {
    async take(names, number) {
      const known = number === undefined ? await currentHeld(names) : null
      // Nothing is awaited between the look and this: what is held is not let go in between.
      if (known) {
        for (const snapshot of known) read(snapshot)
        return known
      }
      return inTurn(async () => {
        const found = await hold(names, number)
        for (const snapshot of found) if (snapshot) read(snapshot)
        if (number === undefined) for (const [index, name] of names.entries()) pointers.saw(name, found[index] ?? null)
        return found
      })
    },
    letGo({ id, artifact }) {
      const left = (readers.get(id) ?? 1) - 1
      if (left > 0) return void readers.set(id, left)
      readers.delete(id)
      const forgetOld = async () => {
        if ((await pointers.current(artifact))?.id !== id) renew()
      }
      forgetOld().catch(untold)
    },
    async close() {
      stopRenewing?.()
      isClosed = true
      await last
      if (held.size === 0) return
      held.clear()
      await house.store.artifacts.hold({ holder, names: [], keep: [], now: house.clock.now() })
    },
  }
}
