// The part of the `pg` package that we use, by shape: the package is an optional peer, and the caller's client may be another copy of it.
// How a statement is said to it, and how values come back: as SQLite gives them.
import { createHash } from 'node:crypto'
import type { Sql } from 'sql-template-tag'
import type { Row } from '../sql-database.ts'

export interface PgQuery {
  text: string
  name?: string
  values?: unknown[]
  query_timeout?: number
  types?: { getTypeParser(type: number): (text: string) => unknown }
}

export interface PgClient {
  query(query: string | PgQuery): Promise<{ rows: Row[]; command?: string }>
  on(event: string, listener: (...given: never[]) => void): unknown
  removeListener(event: string, listener: (...given: never[]) => void): unknown
  /** Of the server's process. */
  processID?: number | null
}

export interface PgOwnClient extends PgClient {
  connect(): Promise<unknown>
  end(): Promise<void>
  unref(): void
}

export interface PgPooledClient extends PgClient {
  /** With an error the connection is thrown away. */
  release(error?: Error): void
  end(): Promise<void>
  unref?(): void
}

export interface PgPool {
  connect(): Promise<PgPooledClient>
  end(): Promise<void>
  on(event: string, listener: (...given: never[]) => void): unknown
  removeListener(event: string, listener: (...given: never[]) => void): unknown
  totalCount: number
  waitingCount: number
}

export function isPgPool(given: unknown): given is PgPool {
  return isObject(given) && typeof given.connect === 'function' && typeof given.query === 'function' && typeof given.totalCount === 'number'
}

export function isPgClient(given: unknown): given is PgClient {
  return isObject(given) && typeof given.query === 'function' && !isPgPool(given) && typeof given.prepare !== 'function'
}

/** Runs a statement. `named`: it is parsed once per connection; only on connections of our own, where no other names are. */
export async function runOn(client: PgClient, statement: Sql, named: boolean): Promise<Row[]> {
  const text = withClauses(statement.text)
  const name = named ? { name: createHash('sha1').update(text).digest('base64url') } : {}
  const { rows } = await client.query({ ...name, text, values: statement.values.map(toParameter), types })
  return rows
}

// Row locks are written as comments, which SQLite does not see.
function withClauses(text: string): string {
  return text.replaceAll(/\/\* (for (?:update|share)[ \w]*) \*\//g, '$1')
}

// Postgres has no place for a NUL in a text; a message is not lost for it.
function toParameter(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value
}

// Of int8, int2, int4, oid, float4, float8 and numeric: no number of ours is beyond what a double holds exactly. Of bool: 0 and 1.
const numbers: ReadonlySet<number> = new Set([20, 21, 23, 26, 700, 701, 1700])
const bool = 16

// Given with each statement, so that neither the package's settings nor a caller's count.
const types = {
  getTypeParser(type: number): (text: string) => unknown {
    if (numbers.has(type)) return Number
    return type === bool ? (text) => (text === 't' ? 1 : 0) : (text) => text
  },
}

function isObject(given: unknown): given is Record<string, unknown> {
  return typeof given === 'object' && given !== null
}
