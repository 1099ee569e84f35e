// Where the game can be had from: one interface, two ways.
import type { JobContext } from 'holdfast/job'
import { debian } from './debian.ts'
import { steamcmd } from './steamcmd.ts'

export interface Source {
  /** For people. */
  title: string
  /** Puts the game into an empty folder, with its `runtime.json`. @throws Error whose message is the reason; `doNotRetry` where another try makes no sense */
  install(folder: string, job: Watch): Promise<void>
}

/** What an installation tells, and when it is to stop. */
export type Watch = Pick<JobContext, 'phase' | 'progress' | 'log' | 'signal'>

export const sources = { debian, steamcmd } satisfies Record<string, Source>
