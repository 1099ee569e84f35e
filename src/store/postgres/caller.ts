// A batch inside a transaction that the caller has open on his own `pg` client. Whether it stays is his commit, and so is the moment it is told.
import sql from 'sql-template-tag'
import { HoldfastError } from '../../core/errors.ts'
import type { Batch } from '../sql-database.ts'
import { awaitBatch } from '../steps.ts'
import { type PgClient, runOn } from './client.ts'
import { isLostRace } from './errors.ts'
import { announce, racesLost } from './transaction.ts'

/** Which database it is, whatever the address says; the same on every connection to it. */
export const identity = sql`select system_identifier::text || '/' || (select oid::text from pg_database where datname = current_database()) as identity from pg_control_system()`

export interface Within {
  client: PgClient
  schema: string
  /** As `identity` says. */
  database: string
}

// One after the other on each client: savepoints of two batches at once would undo each other.
const lastOn = new WeakMap<PgClient, Promise<unknown>>()

/** @throws HoldfastError `invalid_request` without a transaction, or on another database; `database_busy` */
export function withinCallers<R>(batch: Batch<R>, within: Within): Promise<R> {
  const before = lastOn.get(within.client) ?? Promise.resolve()
  const ours = before.then(() => inSavepoint(batch, within))
  lastOn.set(
    within.client,
    ours.catch(() => undefined),
  )
  return ours
}

async function inSavepoint<R>(batch: Batch<R>, { client, schema, database }: Within): Promise<R> {
  await savepoint(client)
  for (let tries = 1; ; tries++) {
    try {
      const path = await enterSchema({ client, schema, database })
      const { answer, wrote } = await awaitBatch(batch, (statement) => runOn(client, statement, false))
      if (wrote) await runOn(client, announce(schema, batch.changes ?? 'jobs'), false)
      await runOn(client, setPath(path), false)
      await client.query('release savepoint holdfast')
      return answer
    } catch (error) {
      // Undoes the search path as well. His transaction stays as it was before.
      await client.query('rollback to savepoint holdfast')
      if (isLostRace(error) && tries < racesLost) continue
      await client.query('release savepoint holdfast')
      throw isLostRace(error) ? lostForGood(error) : error
    }
  }
}

async function savepoint(client: PgClient): Promise<void> {
  try {
    await client.query('savepoint holdfast')
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
    if (code === '25P01') throw refused('No transaction is open on that client. Begin one first: await client.query("begin").', error)
    if (code === '25P02') throw refused('The transaction on that client has already failed. Roll it back, and begin another one.', error)
    throw error
  }
}

async function enterSchema({ client, schema, database }: Within): Promise<string> {
  const [before] = await runOn(client, sql`select current_setting('search_path') as path`, false)
  const [there] = await runOn(client, identity, false)
  if (there?.identity !== database) throw otherDatabase()
  await runOn(client, setPath(`"${schema}"`), false)
  return String(before?.path ?? '')
}

function setPath(path: string) {
  return sql`select set_config('search_path', ${path}, true)`
}

// In a transaction that sees one moment only, trying again sees the same moment again.
function lostForGood(cause: unknown): HoldfastError {
  return new HoldfastError('database_busy', 'Another transaction was there first. Roll yours back, and try it again.', { cause })
}

export function otherDatabase(): HoldfastError {
  return refused('The transaction is on another database than the jobs. Use a client of the same database.')
}

function refused(message: string, cause?: unknown): HoldfastError {
  return new HoldfastError('invalid_request', message, cause === undefined ? {} : { cause })
}
