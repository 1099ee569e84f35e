// What every operation on a server is given: Holdfast and the app's tables, opened in the job's own process, and the server it is about.
import { join } from 'node:path'
import { type Holdfast, type Job, openHoldfast } from 'holdfast'
import type { JobContext } from 'holdfast/job'
import { type Database, openDatabase, type Server } from '../database.ts'
import { runningOf, type ServerInput, server as serverKind } from '../kinds.ts'

export interface Place {
  holdfast: Holdfast
  database: Database
  server: Server
  /** Folder of the server's files; there or not. */
  folder: string
  /** Who asked for this job. */
  by: string
  job: JobContext<ServerInput>
  /** The job that is the running server, or null. */
  running: Job | null
}

/** A job has time: what it has begun is worth more than a minute. */
const databaseMs = 60_000

/** The default export of a module that works on one server. */
export function onServer(work: (place: Place) => Promise<unknown>) {
  return async (job: JobContext<ServerInput>): Promise<void> => {
    const holdfast = await openHoldfast({ kinds: [serverKind] })
    const top = join(holdfast.data, 'gameservers')
    // Not ended by a stop: what a stopped job has begun is brought to an end.
    const database = await openDatabase(top, { forMs: databaseMs })
    try {
      const server = await database.server(job.input.server)
      if (server === undefined) throw new Error(`There is no server ${job.input.server}.`)
      const by = (await holdfast.get(job.id))?.submittedBy ?? 'nobody'
      const { kinds } = await holdfast.activity({ kind: [`${serverKind.kind}/${server.id}`] })
      await work({ holdfast, database, server, folder: join(top, 'servers', String(server.id)), by, job, running: runningOf(kinds) })
    } finally {
      database.close()
      await holdfast.close()
    }
  }
}
