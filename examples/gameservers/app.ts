// What this app consists of while it is open: Holdfast with its kinds, the app's own tables, and the look after the servers. Knows no request.
import { join } from 'node:path'
import { type Logger, openHoldfast } from 'holdfast'
import { openDatabase } from './database.ts'
import { kinds, queues } from './kinds.ts'
import { lookAfterServers } from './look.ts'

export type App = Awaited<ReturnType<typeof openApp>>

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

export async function openApp({ worker = true, patienceMs = 4_000, ...options }: AppOptions = {}) {
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
