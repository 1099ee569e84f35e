// What every operation on a server is given: Holdfast and the app's tables, opened in the job's own process, and the server it is about.
import { join } from 'node:path'
import { type Holdfast, type Job, openHoldfast } from 'holdfast'
import type { JobContext } from 'holdfast/job'
import { type Database, openDatabase, type Server } from '../database.ts'
import { type ServerInput, server as serverKind } from '../kinds.ts'

export interface Place {
  holdfast: Holdfast
  database: Database
  server: Server
  /** Folder of the server's files; there or not. */
  folder: string
  /** Who asked for this job. */
  by: string
  job: JobContext<ServerInput>
}

/** A job has time: what it has begun is worth more than a minute. */
const databaseMs = 60_000

/** The default export of a module that works on one server. */
export function onServer(work: (place: Place) => Promise<unknown>) {
  return async (job: JobContext<ServerInput>): Promise<void> => {
    const holdfast = await openHoldfast({ kinds: [serverKind] })
    const top = join(holdfast.data, 'gameservers')
    const database = await openDatabase(top, { forMs: databaseMs, signal: job.signal })
    try {
      const server = await database.server(job.input.server)
      if (server === undefined) throw new Error(`There is no server ${job.input.server}.`)
      const by = (await holdfast.get(job.id))?.submittedBy ?? 'nobody'
      await work({ holdfast, database, server, folder: folderOf(top, server.id), by, job })
    } finally {
      database.close()
      await holdfast.close()
    }
  }
}

export const folderOf = (top: string, id: number): string => join(top, 'servers', String(id))

/** The job that is the running server, or null. */
export async function runningJob(holdfast: Pick<Holdfast, 'activity'>, id: number): Promise<Job | null> {
  const { kinds } = await holdfast.activity({ kind: [`${serverKind.kind}/${id}`] })
  return kinds[0]?.active ?? null
}
