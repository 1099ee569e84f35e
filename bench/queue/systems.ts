// The systems that are measured, each with its durability class and the settings printed beside its figures. Knows no row.
import { readFileSync } from 'node:fs'
import { findRedis, newFolder, newRedis, type Place, type PostgresServer } from './servers.ts'

export interface System {
  name: string
  isOurs: boolean
  /** S: synced to the disk before the acknowledgement. W: written, synced later: a power cut may take the last second or more. */
  durability: 'S' | 'W'
  settings: string
  /** The file that opens it. */
  module: string
  setting: string
  newPlace(): Promise<Place>
}

export const ours = { sqlite: 'Holdfast on SQLite', postgres: 'Holdfast on Postgres', memory: 'Holdfast on SQLite in memory' }
export const peers = {
  plainjobFull: 'plainjob FULL',
  plainjobNormal: 'plainjob NORMAL',
  graphile: 'graphile-worker (batch)',
  bullmqAlways: 'BullMQ always',
  bullmqEverysec: 'BullMQ everysec',
}

/** Those that this machine can run, and a sentence for each that it cannot. `under`: the folder for all their data. */
export function findSystems(under: string, postgres: PostgresServer | null): { systems: System[]; missing: string[] } {
  const redis = findRedis()
  const missing: string[] = []
  if (!postgres) missing.push('Postgres was not found: Holdfast on Postgres and graphile-worker are not measured.')
  if (!redis) missing.push('redis-server was not found: BullMQ is not measured.')
  const systems = [
    ...sqliteSystems(() => Promise.resolve(newFolder(under))),
    ...(postgres ? postgresSystems(postgres) : []),
    ...(redis ? ['always', 'everysec'].map((appendfsync) => bullmq({ under, redis, appendfsync })) : []),
  ]
  return { systems, missing }
}

function sqliteSystems(newPlace: () => Promise<Place>): System[] {
  const plainjob = `plainjob ${version('plainjob')} on better-sqlite3 ${version('better-sqlite3')}, WAL`
  return [
    {
      name: ours.sqlite,
      isOurs: true,
      durability: 'S',
      settings: `node:sqlite ${process.versions.sqlite}, WAL, synchronous=FULL`,
      module: fileOf('./holdfast.ts'),
      setting: '',
      newPlace,
    },
    {
      name: peers.plainjobFull,
      isOurs: false,
      durability: 'S',
      settings: `${plainjob}, synchronous=FULL (not its default)`,
      module: fileOf('../peers/plainjob.ts'),
      setting: 'FULL',
      newPlace,
    },
    {
      name: peers.plainjobNormal,
      isOurs: false,
      durability: 'W',
      settings: `${plainjob}, synchronous=NORMAL, its default; polls once a second`,
      module: fileOf('../peers/plainjob.ts'),
      setting: 'NORMAL',
      newPlace,
    },
  ]
}

function postgresSystems(postgres: PostgresServer): System[] {
  const newPlace = () => postgres.newDatabase()
  return [
    {
      name: ours.postgres,
      isOurs: true,
      durability: 'S',
      settings: `pg ${version('pg')}; Postgres ${postgres.settings}`,
      module: fileOf('./holdfast.ts'),
      setting: '',
      newPlace,
    },
    {
      name: peers.graphile,
      isOurs: false,
      durability: 'S',
      settings: `graphile-worker ${version('graphile-worker')}, pool 10, localQueue 500, completeJobBatchDelay 0; Postgres ${postgres.settings}`,
      module: fileOf('../peers/graphile-worker.ts'),
      setting: '',
      newPlace,
    },
  ]
}

function bullmq({ under, redis, appendfsync }: { under: string; redis: string; appendfsync: string }): System {
  return {
    name: appendfsync === 'always' ? peers.bullmqAlways : peers.bullmqEverysec,
    isOurs: false,
    durability: appendfsync === 'always' ? 'S' : 'W',
    settings: `BullMQ ${version('bullmq')}, ioredis ${version('ioredis')}; Redis ${redis}, appendonly yes, appendfsync ${appendfsync}`,
    module: fileOf('../peers/bullmq.ts'),
    setting: appendfsync,
    newPlace: () => newRedis(under, appendfsync),
  }
}

function fileOf(path: string): string {
  return new URL(path, import.meta.url).href
}

// As installed, not as wished for.
function version(name: string): string {
  const manifest = readFileSync(new URL(`../peers/node_modules/${name}/package.json`, import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
