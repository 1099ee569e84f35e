// The surroundings of a runner that never runs by itself: the production store in memory, the fake launcher, a clock that stands still.
import { randomUUID } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { dataFolder, makeDataFolder } from '../runner/data-folder.ts'
import type { House, Logger } from '../runner/house.ts'
import { systemClock } from '../runner/system-clock.ts'
import { openStore } from '../store/open-store.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'
import { fakeLauncher } from './fake-launcher.ts'
import { type FakeMachine, fakeMachine } from './fake-machine.ts'

export interface TestHouse {
  house: House
  machine: FakeMachine
  clock: FakeClock
  closing: AbortController
  /** Makes the data folder, which is not there until an artifact is to be written. */
  needDisk(): void
  /** Removes the data folder, if it was needed. */
  removeDisk(): void
}

export async function openTestHouse({ startAt, logger }: { startAt: number | undefined; logger: Logger }): Promise<TestHouse> {
  const fake = fakeClock(startAt)
  // Letting others have their turn takes no time; everything else that waits does.
  const clock: Clock = { ...fake, sleep: (ms, signal) => (ms > 0 ? fake.sleep(ms, signal) : systemClock.sleep(0, signal)) }
  const folder = dataFolder(join(tmpdir(), `holdfast-test-${randomUUID()}`))
  const machine = fakeMachine({ clock, program: () => null })
  const closing = new AbortController()
  const house: House = {
    store: await openStore({ folder: folder.root, database: ':memory:', clock }),
    launcher: fakeLauncher({ machine, clock, attempts: folder.attempts }),
    clock,
    folder,
    place: { runnerId: 'test', hostId: 'test', bootId: 'test' },
    logger,
    closing: closing.signal,
    random: () => longestDelay,
  }
  return {
    house,
    machine,
    clock: fake,
    closing,
    needDisk() {
      if (!existsSync(folder.root)) makeDataFolder(folder.root)
    },
    removeDisk: () => rmSync(folder.root, { recursive: true, force: true }),
  }
}

/** Back-off is not spread: the second attempt comes exactly `delayMs` after the first. */
const longestDelay = 1
