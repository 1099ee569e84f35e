// What this app can do, whoever asks: run operations on servers, install the game, keep blueprints. Knows no request.
import { join } from 'node:path'
import { type Holdfast, HoldfastError, type Job, type Logger, openHoldfast } from 'holdfast'
import { type Database, openDatabase, type Server } from './database.ts'
import { type InstallInput, install, kinds, type Operation, operations, queues, serverInput } from './kinds.ts'
import { type Looker, lookAfterServers } from './look.ts'

export interface App {
  holdfast: Holdfast
  database: Database
  looker: Looker
  close(): Promise<void>
}

export interface AppOptions {
  /** Data folder; found by Holdfast if absent. */
  data?: string | undefined
  /** False: jobs are only asked for; another program of this folder executes them. */
  worker?: boolean
  logger?: Logger
  /** How long a page waits for the app's own database while another program holds it. */
  patienceMs?: number
}

/** Logs of servers are kept until somebody removes them. */
const forEver = { days: null, count: null }

export async function openApp({ worker = true, patienceMs = 4_000, ...options }: AppOptions = {}): Promise<App> {
  const holdfast = await openHoldfast({
    kinds,
    queues,
    retention: { succeeded: forEver, failed: forEver, cancelled: forEver, interrupted: forEver, expired: forEver },
    // Each running server is a job; operations have a limit of their own in their queue.
    runner: worker ? { slots: 500 } : false,
    ...options,
  })
  const closing = new AbortController()
  const database = await openDatabase(join(holdfast.data, 'gameservers'), { forMs: patienceMs, signal: closing.signal })
  const looker = await lookAfterServers(holdfast, options.logger ?? console)
  const close = async () => {
    closing.abort()
    await looker.close()
    await holdfast.close()
    database.close()
  }
  return { holdfast, database, looker, close }
}

/**
 * Asks for an operation on a server, or gets the one of its sort that waits already. @throws HoldfastError where that one comes before something
 * else that was asked for: it would not be the last word
 */
export async function operate({ holdfast }: App, operation: Operation, { server, by }: { server: Server; by: string }): Promise<Job> {
  const { job, created } = await holdfast.submit(operations[operation], { server: server.id }, { submittedBy: by, name: server.name })
  if (created) return job
  const { jobs } = await holdfast.list({ queue: 'operations', state: ['queued', 'running', 'stopping'], limit: 200 })
  const last = jobs.find(({ input }) => serverInput.safeParse(input).data?.server === server.id)
  if (last === undefined || last.id <= job.id) return job
  throw new HoldfastError('active_exists', `Job ${job.id} does that, and job ${last.id} comes after it. Ask again when that has ended.`)
}

export async function installGame({ holdfast }: App, source: InstallInput['source'], by: string): Promise<Job> {
  const { job } = await holdfast.submit(install, { source }, { submittedBy: by })
  return job
}
