// Connections to Postgres: a pool of our own from an address, or the caller's. Each one taken from here finds our schema.
// An idle connection that breaks is nobody's trouble: the next one taken is a new one.
import { setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError } from '../../core/errors.ts'
import { limits } from '../../core/limits.ts'
import { messageOf } from '../patience.ts'
import type { PgClient, PgOwnClient, PgPool, PgPooledClient } from './client.ts'

export interface Connection {
  client: PgClient
  /** `lost`: it is thrown away. */
  release(lost: boolean): void | Promise<void>
}

export interface StandingConnection extends Connection {
  /** From now on it does not keep the process alive. */
  unref(): void
}

export interface Connections {
  schema: string
  take(): Promise<Connection>
  /** Begins a transaction that finds our schema. */
  begin: string
  /** Whether a statement outside a transaction finds our schema, and may be prepared by name. */
  areOurs: boolean
  /** One that stays with us, to listen on. */
  takeForGood(): Promise<StandingConnection>
  /** Whether a process of the server works for us only. */
  isOurs(processId: number): boolean
  close(): Promise<void>
}

/** Connections that a process opens to the database by default, besides the one it listens on. */
const poolSize = 4
/** Calls that wait for a connection at most; what comes on top is told so at once. */
const waiting = 10_000
/** A server that does not answer to a connection is unreachable after this. */
const connectMs = 10_000
/** A statement that is not answered for so long was lost with its connection: nothing of ours takes so long, and no lock is held so long. */
const answerMs = 60_000
/** A process that was frozen inside a transaction holds its locks no longer than this. */
const idleInTransactionMs = 15_000

/** @throws HoldfastError `invalid_config` */
export async function ownConnections(address: string, unansweredMs = answerMs): Promise<Connections> {
  const { Pool, Client } = await loadPg()
  const { connectionString, schema } = readAddress(address)
  const config = {
    connectionString,
    connectionTimeoutMillis: connectMs,
    query_timeout: unansweredMs,
    keepAlive: true,
    application_name: 'holdfast',
  }
  const pool = new Pool({ ...config, max: poolSize, allowExitOnIdle: true })
  const processes = new Set<number>()
  const setting = `set search_path to "${schema}"; set idle_in_transaction_session_timeout to ${idleInTransactionMs}`
  const taking = openTaking(pool, async (client) => {
    await client.query(setting)
    if (client.processID) processes.add(client.processID)
  })
  pool.on('remove', ({ processID }: PgClient) => processes.delete(processID ?? 0))
  return {
    schema,
    begin: 'begin isolation level read committed',
    areOurs: true,
    take: taking.take,
    async takeForGood() {
      const client: PgOwnClient = new Client(config)
      // Before connecting: a connection that is refused may tell of it twice.
      client.on('error', ignore)
      await client.connect()
      return { client, unref: () => client.unref(), release: () => client.end().catch(ignore) }
    },
    isOurs: (processId) => processes.has(processId),
    async close() {
      const ended = pool.end()
      await taking.endAll()
      await ended
    },
  }
}

/** The caller's pool: his settings, and nothing of ours stays on his connections. */
export function callersConnections(pool: PgPool, schema: string): Connections {
  const taking = openTaking(pool, async () => {})
  return {
    schema,
    begin: `begin isolation level read committed; set local search_path to "${schema}"`,
    areOurs: false,
    take: taking.take,
    async takeForGood() {
      const { client, release } = await taking.take()
      // Thrown away at the end, so that his pool does not get one back that listens.
      return { client, unref: () => (client as PgPooledClient).unref?.(), release: () => release(true) }
    },
    isOurs: () => false,
    close: () => taking.endAll(),
  }
}

/** @throws HoldfastError `invalid_config` */
export function checkedSchema(schema: string): string {
  if (/^[a-z_][a-z0-9_]{0,39}$/.test(schema) && !schema.startsWith('pg_')) return schema
  throw new HoldfastError('invalid_config', `database: a schema's name is of a–z, 0–9 and _, up to 40 of them; "${schema}" is not.`)
}

/** Counts what is taken, so that closing can wait for it, for a moment. */
function openTaking(pool: PgPool, prepare: (client: PgClient) => Promise<void>) {
  const known = new WeakSet<PgClient>()
  const taken = new Set<PgPooledClient>()
  // Who waits for a connection of a pool that ends would wait for ever.
  const { promise: ended, reject: end } = Promise.withResolvers<never>()
  ended.catch(ignore)
  pool.on('error', ignore)

  async function take(): Promise<Connection> {
    if (pool.waitingCount >= waiting) throw new HoldfastError('database_busy', `${waiting} calls wait for the database already.`)
    const client = await Promise.race([pool.connect(), ended])
    client.on('error', ignore)
    taken.add(client)
    const release = (lost: boolean) => {
      taken.delete(client)
      client.removeListener('error', ignore)
      client.release(lost ? new Error('lost') : undefined)
    }
    try {
      if (!known.has(client)) await prepare(client)
      known.add(client)
      return { client, release }
    } catch (error) {
      release(true)
      throw error
    }
  }

  async function endAll(): Promise<void> {
    end(new HoldfastError('closed', 'Holdfast was closed.'))
    const deadline = performance.now() + limits.closeMs
    while (taken.size > 0 && performance.now() < deadline) await sleep(5)
    for (const client of taken) await client.end().catch(ignore)
    pool.removeListener('error', ignore)
  }

  return { take, endAll }
}

interface PgPackage {
  Pool: new (config: object) => PgPool
  Client: new (config: object) => PgOwnClient
}

async function loadPg(): Promise<PgPackage> {
  // Not in the import itself: it is an optional peer, and nobody needs its types to use Holdfast.
  const name: string = 'pg'
  try {
    const { default: pg } = (await import(name)) as { default: PgPackage }
    return pg
  } catch (cause) {
    const message = `database: Postgres needs the package "pg", and it cannot be loaded (${messageOf(cause).split('\n')[0]}). Run: npm install pg`
    throw new HoldfastError('invalid_config', message, { cause })
  }
}

// Not by URL: addresses of sockets are none. What is wrong with the rest, pg says; the address itself is never told, it may hold a password.
function readAddress(address: string): { connectionString: string; schema: string } {
  const [base = '', query = ''] = address.split('?', 2)
  const parameters = new URLSearchParams(query)
  const schema = checkedSchema(parameters.get('schema') ?? 'holdfast')
  parameters.delete('schema')
  return { connectionString: parameters.size > 0 ? `${base}?${parameters}` : base, schema }
}

function ignore(): void {}
