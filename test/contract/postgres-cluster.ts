// The PostgreSQL of a test: the one that `npm test` has started for all files, or one of its own when a file runs alone.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { startCluster } from '../../tools/postgres.ts'

let own: Promise<string> | null = null

/** Address of a server that is not restarted under anybody. It is gone with this process. */
export function postgresAddress(): Promise<string> {
  const shared = process.env.HOLDFAST_TEST_POSTGRES
  own ??= shared ? Promise.resolve(shared) : startCluster().then(({ address }) => address)
  return own
}

export interface TestSchema {
  /** With `?schema=`. */
  address: string
  schema: string
  drop(): Promise<void>
}

/** A schema that nobody else uses. It is made by whoever opens it first. */
export async function testSchema(server?: string): Promise<TestSchema> {
  const address = server ?? (await postgresAddress())
  const schema = `test_${randomBytes(6).toString('hex')}`
  const drop = async () => {
    await say(address, `drop schema if exists "${schema}" cascade`)
  }
  return { address: `${address}?schema=${schema}`, schema, drop }
}

/** Says something to the server on a connection of its own. */
export async function say(address: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(address)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
