// A batch on Postgres: BEGIN, locks, reads, decide, writes, COMMIT on one connection; again when it lost a race; and, when the connection was lost
// while it was committed, the server is asked what became of it. There is no group commit here: row locks of two groups could cross.
import { setTimeout as sleep } from 'node:timers/promises'
import sql, { type Sql } from 'sql-template-tag'
import { HoldfastError } from '../../core/errors.ts'
import { limits } from '../../core/limits.ts'
import { messageOf, patiently, type Waiting } from '../patience.ts'
import { type Batch, type Change, noWrites, type Row } from '../sql-database.ts'
import { awaitBatch } from '../steps.ts'
import { runOn } from './client.ts'
import type { Connections } from './connections.ts'
import { isConnectionLost, isLostRace, isPlanOutdated, isUnknownTransaction, StillOpen, troubleOf } from './errors.ts'

/** A batch that loses so many races has met something else. */
export const racesLost = 10

export type TransactWaiting = Omit<Waiting, 'troubleOf'>

interface Written<R> {
  answer: R
  wrote: boolean
}

/** Committed when it resolves. @throws HoldfastError `database_unavailable`, `closed` */
export async function transact<R>(connections: Connections, batch: Batch<R>, waiting: TransactWaiting): Promise<Written<R>> {
  const state: { doubtful: Doubtful<R> | null } = { doubtful: null }

  async function once(): Promise<Written<R>> {
    if (state.doubtful) {
      const { transactionId, written } = state.doubtful
      if (await isCommitted(connections, transactionId)) return written
      state.doubtful = null
    }
    const outcome = await attempt(connections, batch)
    if (!('transactionId' in outcome)) return outcome
    state.doubtful = outcome
    throw outcome.error
  }

  async function withRaces(): Promise<Written<R>> {
    for (let tries = 1; ; tries++) {
      try {
        return await once()
      } catch (error) {
        const most = waiting.patience === 'caller' ? racesLost : racesLost * 10
        if (tries >= most || !isLostRace(error)) throw error
        // Two that met twice would meet again.
        if (tries > 1) await sleep(Math.random() * limits.busyRetryMs)
      }
    }
  }

  try {
    return await patiently(withRaces, { ...waiting, troubleOf })
  } catch (error) {
    if (state.doubtful && !waiting.closed.aborted) throw mayBeThere(error)
    throw error
  }
}

/** One statement. @throws HoldfastError `database_unavailable`, `closed` */
export async function ask(connections: Connections, statement: Sql, waiting: TransactWaiting): Promise<Row[]> {
  if (!connections.areOurs) {
    const { answer } = await transact(connections, { reads: [statement], decide: ([rows = []]) => noWrites(rows) }, waiting)
    return answer
  }
  return patiently(
    async () => {
      const { client, release } = await connections.take()
      try {
        const rows = await runOn(client, statement, true)
        await release(false)
        return rows
      } catch (error) {
        await release(isConnectionLost(error) || isPlanOutdated(error))
        throw error
      }
    },
    { ...waiting, troubleOf: (error) => (isPlanOutdated(error) ? 'busy' : troubleOf(error)) },
  )
}

/** Channel of a schema's changes. */
export function channelOf(schema: string): string {
  return `${schema}_changes`
}

/** Delivered at the commit. The number tells later whether there was one; null when nothing was changed. */
export function announce(schema: string, change: Change) {
  return sql`select pg_current_xact_id_if_assigned()::text as transaction_id, pg_notify(${channelOf(schema)}, ${change})`
}

/** Sent to commit, and no answer came. */
interface Doubtful<R> {
  transactionId: string
  written: Written<R>
  error: unknown
}

async function attempt<R>(connections: Connections, batch: Batch<R>): Promise<Written<R> | Doubtful<R>> {
  const { client, release } = await connections.take()
  let sent: Omit<Doubtful<R>, 'error'> | null = null
  try {
    await client.query(connections.begin)
    const written = await awaitBatch(batch, (statement) => runOn(client, statement, connections.areOurs))
    if (written.wrote) {
      const [announced] = await runOn(client, announce(connections.schema, batch.changes ?? 'jobs'), connections.areOurs)
      if (announced?.transaction_id) sent = { transactionId: String(announced.transaction_id), written }
    }
    await client.query('commit')
    await release(false)
    return written
  } catch (error) {
    const isLost = isConnectionLost(error)
    const isUsable =
      !isLost &&
      !isPlanOutdated(error) &&
      (await client.query('rollback').then(
        () => true,
        () => false,
      ))
    await release(!isUsable)
    if (sent && isLost) return { ...sent, error }
    throw error
  }
}

async function isCommitted(connections: Connections, transactionId: string): Promise<boolean> {
  const { client, release } = await connections.take()
  try {
    const [row] = await runOn(client, sql`select pg_xact_status(${transactionId}::text::xid8) as status`, connections.areOurs)
    await release(false)
    if (row?.status === 'in progress') throw new StillOpen()
    return row?.status === 'committed'
  } catch (error) {
    if (error instanceof StillOpen) throw error
    await release(true)
    // A server that took over from the one that was lost, and has never heard of it.
    if (isUnknownTransaction(error)) return false
    throw error
  }
}

function mayBeThere(cause: unknown): HoldfastError {
  const reason = cause instanceof HoldfastError && cause.cause ? cause.cause : cause
  return new HoldfastError(
    'database_unavailable',
    `The connection to the database was lost while this was being recorded (${messageOf(reason)}): it may have been recorded or not. Look before you try again.`,
    { cause },
  )
}
