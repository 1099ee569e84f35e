// Postgres behind the seam: wiring of connections, transactions and the listener. Tables live in a schema of their own.
import sql, { raw } from 'sql-template-tag'
import { HoldfastError } from '../../core/errors.ts'
import { limits } from '../../core/limits.ts'
import { type MigratableDatabase, type Migration, postgresDialect } from '../dialect.ts'
import { type Bells, openBells } from '../doorbell.ts'
import { messageOf, type OnTrouble, patiently, sentence, type Trouble, type WaitTimes } from '../patience.ts'
import type { Batch, CallerTransaction, Patience, SqlDatabase } from '../sql-database.ts'
import { identity, otherDatabase, withinCallers } from './caller.ts'
import { isPgClient, isPgPool, type PgClient, type PgPool, runOn } from './client.ts'
import { type Connections, callersConnections, checkedSchema, ownConnections } from './connections.ts'
import { isConnectionLost, isRefusedForGood, troubleOf } from './errors.ts'
import { listen } from './listener.ts'
import { ask, transact } from './transaction.ts'

export type PostgresDatabase = SqlDatabase & MigratableDatabase

export interface PostgresOptions extends WaitTimes {
  onTrouble?: OnTrouble
  /** For a pool; an address names it by `?schema=`. Default `holdfast`. */
  schema?: string
  /** A statement without an answer for so long was lost; for an address. */
  unansweredMs?: number
}

/** @throws HoldfastError `invalid_config` without the package `pg`, `database_unavailable` */
export async function openPostgres(place: string | PgPool, options: PostgresOptions = {}): Promise<PostgresDatabase> {
  const { onTrouble = () => {}, schema = 'holdfast', callerMs = limits.callerBusyMs } = options
  const connections =
    typeof place === 'string' ? await ownConnections(place, options.unansweredMs) : callersConnections(place, checkedSchema(schema))
  const closing = new AbortController()
  const bells = openBells({ jobs: null, lines: null })
  let listening = Promise.resolve()
  const shut = async () => {
    closing.abort(new HoldfastError('closed', 'Holdfast was closed.'))
    bells.close()
    // Idle connections do not keep the process alive; who closes waits for their end.
    const alive = setInterval(() => {}, limits.closeMs)
    await Promise.all([listening, connections.close()]).finally(() => clearInterval(alive))
  }
  try {
    const database = await meet(connections, onTrouble)
    const listener = await listen({ connections, closed: closing.signal, onRing: (change) => bells.ring(change ?? 'jobs') })
    listening = listener.ended
    return behindTheSeam({ connections, database, bells, closed: closing.signal, onTrouble, callerMs, shut })
  } catch (error) {
    await shut()
    throw error
  }
}

interface Opened {
  connections: Connections
  /** Its identity. */
  database: string
  bells: Bells
  closed: AbortSignal
  onTrouble: OnTrouble
  callerMs: number
  shut: () => Promise<void>
}

function behindTheSeam({ connections, database, bells, closed, onTrouble, callerMs, shut }: Opened): PostgresDatabase {
  let trouble: string | null = null
  let shutting: Promise<void> | null = null
  const asCaller = { patience: 'caller' as const, closed, callerMs, onTrouble: () => {} }

  // Told once when it begins and once when it is over.
  function tell(what: string | null): void {
    const isNews = (what === null) !== (trouble === null)
    trouble = what
    if (isNews) onTrouble(what)
  }

  async function run<R>(on: Connections, batch: Batch<R>, patience: Patience): Promise<R> {
    const { answer, wrote } = await transact(on, batch, {
      patience,
      closed,
      callerMs,
      onTrouble: patience === 'supervisor' ? tell : () => {},
    })
    if (wrote) bells.ring(batch.changes ?? 'jobs')
    return answer
  }

  async function onCallersPool<R>(pool: PgPool, batch: Batch<R>): Promise<R> {
    const theirs = callersConnections(pool, connections.schema)
    try {
      const [there] = await ask(theirs, identity, asCaller)
      if (there?.identity !== database) throw otherDatabase()
      return await run(theirs, batch, 'caller')
    } finally {
      await theirs.close()
    }
  }

  return {
    dialect: postgresDialect,
    query: (statement) => ask(connections, statement, asCaller),
    trouble: () => trouble,
    batch: (batch, patience) => run(connections, batch, patience),
    async batchWithin<R>(batch: Batch<R>, transaction: CallerTransaction) {
      closed.throwIfAborted()
      if (isPgPool(transaction)) return onCallersPool(transaction, batch)
      if (isPgClient(transaction)) return withinCallers(batch, { client: transaction, schema: connections.schema, database })
      throw new HoldfastError(
        'invalid_request',
        'The transaction must be a client or a pool of "pg": this Holdfast keeps its jobs in Postgres.',
      )
    },
    migrate: (work) => migrating(connections, work, closed),
    onChange: bells.onChange,
    close() {
      shutting ??= shut()
      return shutting
    },
  }
}

/** Looks whom we are connected to. A server that is only starting is waited for, as everybody's database is. */
async function meet(connections: Connections, onTrouble: OnTrouble): Promise<string> {
  let told = false
  const look = async () => {
    try {
      return await onOne(connections, async (client) => {
        const [there] = await runOn(client, sql`select current_setting('server_version_num')::int as version`, false)
        if (Number(there?.version) < oldestServer) throw new HoldfastError('database_unavailable', 'PostgreSQL 13 or newer is needed.')
        return String((await runOn(client, identity, false))[0]?.identity)
      })
    } catch (error) {
      if (!told && !isRefusedForGood(error) && isConnectionLost(error)) onTrouble(sentence('unreachable', error))
      told ||= isConnectionLost(error)
      throw error
    }
  }
  try {
    const closed = new AbortController().signal
    const database = await patiently(look, { patience: 'caller', closed, onTrouble: () => {}, troubleOf: troubleAtFirst })
    if (told) onTrouble(null)
    return database
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause
    throw new HoldfastError('database_unavailable', `The database cannot be opened: ${messageOf(cause)}.`, { cause })
  }
}

// pg_current_xact_id() and pg_xact_status() of it.
const oldestServer = 130_000

function troubleAtFirst(error: unknown): Trouble | null {
  return isRefusedForGood(error) ? null : troubleOf(error)
}

/** An index on many rows takes its time. */
const migrationMs = 86_400_000

// Under a lock of the database: of two openers one finds the work done.
function migrating<R>(connections: Connections, work: Migration<R>, closed: AbortSignal): Promise<R> {
  const { schema, begin } = connections
  const migrateOnce = () =>
    onOne(connections, async (client) => {
      await client.query(begin)
      await runOn(client, sql`select pg_advisory_xact_lock(hashtextextended(${`holdfast:${schema}`}, 0))`, false)
      const [there] = await runOn(client, sql`select 1 as found from pg_namespace where nspname = ${schema}`, false)
      // Not "if not exists": that asks for the right to create even where there is nothing to create.
      if (!there) await client.query(`create schema "${schema}"`)
      const result = await work({
        run: (text) => client.query({ text, query_timeout: migrationMs }),
        read: (text) => runOn(client, raw(text), false),
      })
      await client.query('commit')
      return result
    })
  return patiently(migrateOnce, { patience: 'caller', closed, onTrouble: () => {}, troubleOf })
}

// A connection that failed is thrown away, with whatever was open on it.
async function onOne<R>(connections: Connections, work: (client: PgClient) => Promise<R>): Promise<R> {
  const { client, release } = await connections.take()
  let isFine = false
  try {
    const result = await work(client)
    isFine = true
    return result
  } finally {
    await release(!isFine)
  }
}
