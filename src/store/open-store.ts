// Address → Store: opens the database of a data folder, brings its schema up to date and puts the port in front of it.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { HoldfastError } from '../core/errors.ts'
import type { MigratableDatabase } from './dialect.ts'
import { diskOf } from './disk.ts'
import { migrate } from './migrations/migrate.ts'
import type { OnTrouble, WaitTimes } from './patience.ts'
import { isPgPool } from './postgres/client.ts'
import { openPostgres } from './postgres/postgres.ts'
import type { SqlDatabase } from './sql-database.ts'
import { sqlStore } from './sql-store.ts'
import { isSameFile } from './sqlite/caller.ts'
import { type CallersSqlite, callersSqlite, type Library, nodeSqlite } from './sqlite/library.ts'
import { openSqlite } from './sqlite/sqlite.ts'
import type { Store } from './store.ts'

export interface StoreOptions extends WaitTimes {
  /** An existing data folder. */
  folder: string
  /**
   * Default: SQLite in the folder. `:memory:`, `postgres://…`, or a pool of the package `pg`. A handle of better-sqlite3 on the folder's
   * `holdfast.db`: the same file by the caller's copy of SQLite, so that it can be in his transactions.
   */
  database?: string | object
  clock: Clock
  onTrouble?: OnTrouble
}

/** @throws HoldfastError as `openSqlite`, `openPostgres` and `migrate` do; `data_folder` for SQLite on a network disk, `invalid_config` for another address */
export async function openStore({ folder, database: place, clock, onTrouble = () => {}, ...times }: StoreOptions): Promise<Store> {
  if (place === undefined) return openInFolder({ folder, clock, onTrouble, library: nodeSqlite, ...times })
  if (place === ':memory:') return made(await openSqlite(':memory:'), { clock, copy: null, where: 'memory' })
  if (isPgPool(place) || (typeof place === 'string' && /^postgres(ql)?:/.test(place))) {
    // No copy before a migration: that is a dump, with rights and room that only the operator has.
    return made(await openPostgres(place, { onTrouble, ...times }), { clock, copy: null, where: 'postgres' })
  }
  const callers = typeof place === 'object' ? callersSqlite(place) : null
  if (callers) return openInFolder({ folder, clock, onTrouble, library: libraryOf(callers, folder), ...times })
  throw new HoldfastError(
    'invalid_config',
    'database: it must be an address postgres://…, a pool of the package "pg", a handle of better-sqlite3, or ":memory:".',
  )
}

function libraryOf(callers: CallersSqlite, folder: string): Library {
  const ours = fileIn(folder)
  if (isSameFile(callers.file, ours)) return callers.library
  throw new HoldfastError(
    'invalid_config',
    `database: the handle is of ${callers.file ?? 'a database in memory'}, and the jobs are kept in ${ours}.`,
  )
}

function fileIn(folder: string): string {
  return join(folder, 'holdfast.db')
}

interface InFolder extends Required<Omit<StoreOptions, 'database' | keyof WaitTimes>>, WaitTimes {
  library: Library
}

async function openInFolder({ folder, clock, onTrouble, library, ...times }: InFolder): Promise<Store> {
  refuseNetworkDisk(folder)
  const bells = { jobs: join(folder, 'doorbell'), lines: join(folder, 'doorbell-lines') }
  const database = await openSqlite(fileIn(folder), { bells, onTrouble, library, ...times })
  const copy = (from: number) => database.copyTo(join(folder, `holdfast-schema-${from}-${clock.now()}.db`))
  return made(database, { clock, copy, where: inodeOf(folder) })
}

interface Making {
  clock: Clock
  copy: ((from: number) => void) | null
  where: string
}

async function made(database: SqlDatabase & MigratableDatabase, { clock, copy, where }: Making): Promise<Store> {
  try {
    const installationId = await migrate({ database, copy, folderInode: where, now: clock.now() })
    return sqlStore(database, installationId)
  } catch (error) {
    await database.close()
    throw error
  }
}

function inodeOf(folder: string): string {
  return String(statSync(folder).ino)
}

function refuseNetworkDisk(folder: string): void {
  if (diskOf(folder).isNetwork) {
    throw new HoldfastError('data_folder', `The data folder ${folder} is on a network disk, where SQLite can be damaged.`)
  }
}
