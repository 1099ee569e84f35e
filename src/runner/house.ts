// What every part of a runner is given: the two ports, the clock, the data folder and who the runner is.
import type { Clock } from '../core/clock.ts'
import type { Launcher } from '../launch/launcher.ts'
import type { RunnerPlace, Store } from '../store/store.ts'
import type { Environments } from './command-for.ts'
import type { DataFolder } from './data-folder.ts'
import type { InlineKeeper } from './inline-keeper.ts'
import type { Masks } from './masks.ts'
import type { ProcessWatch } from './process-watch.ts'
import type { RowWatch } from './row-watch.ts'
import type { Validators } from './validate-output.ts'

export interface Logger {
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

export interface House {
  store: Store
  launcher: Launcher
  clock: Clock
  folder: DataFolder
  place: RunnerPlace
  /** Runners with other data folders, or on other machines, have jobs in the same database. */
  sharesDatabase?: boolean
  logger: Logger
  /** Called when the end of the attempt is about to be written: nothing of it runs any more. */
  onEnding?: () => void
  /** Aborted when the runner closes: it lets go of everything, processes go on. */
  closing: AbortSignal
  /** For kinds that are functions of this process; absent: it runs none. */
  inline?: InlineKeeper
  /** How the output of a kind is looked at before it is published; absent: this program can look at none. */
  validatorOf?: Validators
  /** The variables that a kind has by now; absent: this program defines none. */
  environmentOf?: Environments
  /** Looks at the rows of the attempts that are followed here. Absent where nobody stays to look. */
  rows?: RowWatch
  /** Measures the processes of the attempts that are followed here. Absent where nobody stays to look. */
  processes?: ProcessWatch
  /** Secrets that are taken out of what jobs write and say; absent: none are known. */
  masks?: Masks
  /** Where people find this Holdfast in their browsers; absent: nobody said. */
  publicUrl?: () => string | null
  /** From 0 to below 1. The simulator's comes from a seed. */
  random: () => number
}

/** Whether what is of this host can be seen from here. On a database of the folder's own all is, also what was before a move to another machine. */
export function isInReach({ place, sharesDatabase = false }: House, hostId: string): boolean {
  return !sharesDatabase || hostId === place.hostId
}
