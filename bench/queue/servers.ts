// Places where a system keeps its jobs, each new and empty: a folder, a Redis of its own, a database in
// one throw-away Postgres. Knows no system.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { findPostgres, startCluster } from '../../tools/postgres.ts'

export interface Place {
  address: string
  remove(): Promise<void>
}

export interface PostgresServer {
  /** Version and the settings that decide durability, as the server tells them. */
  settings: string
  newDatabase(): Promise<Place>
  stop(): Promise<void>
}

const startLimitMs = 30_000

// Those of Redis that run now: they must not outlive the bench, whatever ends it.
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const server of running) server.kill('SIGKILL')
})

export function newFolder(under: string): Place {
  const folder = mkdtempSync(join(under, 'data-'))
  return { address: folder, remove: async () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) }
}

/** Where Redis is: on the PATH, or installed from Debian's packages when we are root; null when there is none. */
export function findRedis(): string | null {
  const works = () => spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout?.match(/v=(\S+)/)?.[1] ?? null
  const found = works()
  if (found || process.getuid?.() !== 0) return found
  console.log('Installing redis-server for the bench …')
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  spawnSync('apt-get', ['-qq', 'update'], { stdio: 'ignore', env: environment })
  spawnSync('apt-get', ['-qq', 'install', '--no-install-recommends', '--yes', 'redis-server'], { stdio: 'ignore', env: environment })
  return works()
}

/** A Redis with an append-only file, for as long as the place is used. */
export async function newRedis(under: string, appendfsync: string): Promise<Place> {
  const folder = newFolder(under)
  const port = await freePort()
  const settings = ['--bind', '127.0.0.1', '--dir', folder.address, '--appendonly', 'yes', '--appendfsync', appendfsync, '--save', '']
  const server = spawn('redis-server', ['--port', String(port), ...settings], { stdio: 'ignore' })
  await untilConnectable(server, port)
  return {
    address: `127.0.0.1:${port}`,
    async remove() {
      await ended(server, 'SIGKILL')
      await folder.remove()
    },
  }
}

/** Its own default settings but for what tools/postgres.ts says. Null when there is none. */
export async function startPostgres(): Promise<PostgresServer | null> {
  if (!findPostgres()) return null
  const cluster = await startCluster({ durable: true, settings: ['shared_buffers=128MB'] })
  const client = new pg.Client(cluster.address)
  client.on('error', () => {})
  await client.connect()
  let databases = 0
  return {
    settings: await settingsOf(client),
    async newDatabase() {
      const name = `bench_${++databases}`
      await client.query(`create database ${name}`)
      return {
        address: cluster.address.replace(/postgres$/, name),
        async remove() {
          await client.query(`drop database ${name} with (force)`)
        },
      }
    },
    async stop() {
      await client.end()
      await cluster.remove()
    },
  }
}

async function settingsOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string; value: string }>(
    `select name, current_setting(name) as value from pg_settings
     where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method', 'shared_buffers') order by name`,
  )
  const version = await client.query<{ server_version: string }>('show server_version')
  return [version.rows[0]?.server_version.split(' ')[0], ...rows.map(({ name, value }) => `${name} ${value}`)].join(', ')
}

function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer().once('error', reject)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))))
  })
  return promise
}

async function untilConnectable(server: ChildProcess, port: number): Promise<void> {
  running.add(server)
  server.once('exit', () => running.delete(server))
  const deadline = performance.now() + startLimitMs
  for (;;) {
    if (server.exitCode !== null) throw new Error(`${server.spawnfile} ended with ${server.exitCode}`)
    const socket = createConnection(port, '127.0.0.1')
    const isUp = await new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false)))
    socket.destroy()
    if (isUp) return
    if (performance.now() > deadline) throw new Error(`${server.spawnfile} does not listen on ${port}`)
    await pause(20)
  }
}

async function ended(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exit = once(server, 'exit')
  server.kill(signal)
  await exit
}
