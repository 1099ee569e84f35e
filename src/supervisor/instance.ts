// An opened data folder with everything that works on it.
import type { DataFolder } from '../runner/data-folder.ts'
import type { House } from '../runner/house.ts'
import type { Store } from '../store/store.ts'
import type { JobDefinition } from './define-job.ts'
import type { Pins } from './pins.ts'
import type { Pointers } from './pointers.ts'

export interface Instance {
  data: string
  folder: DataFolder
  store: Store
  house: House
  /** Which snapshots are current, and which this process reads. */
  pointers: Pointers
  pins: Pins
  /** More may come while it is open. */
  kinds: Map<string, JobDefinition<unknown>>
  /** Aborted when Holdfast closes: every wait ends. */
  closing: AbortController
  /** Set once closing has begun. */
  closed: Promise<void> | null
}
