// Brings a database to this program's schema: numbered, checksummed, forward only, with a copy before. A newer schema is refused.
import { createHash, randomUUID } from 'node:crypto'
import { HoldfastError } from '../../core/errors.ts'
import type { Dialect, MigratableDatabase, Migration } from '../dialect.ts'
import { initial } from './0001-initial.ts'
import { queue } from './0002-queue.ts'
import { processes } from './0003-processes.ts'
import { signsOfLife } from './0004-signs-of-life.ts'
import { artifacts } from './0005-artifacts.ts'
import { access } from './0006-access.ts'
import { notifications } from './0007-notifications.ts'
import { saved } from './0008-saved.ts'

export interface MigrationText {
  number: number
  name: string
  text: string
  /** Run after `text`, on that database only. */
  sqlite?: string
  postgres?: string
}

const migrations: readonly MigrationText[] = [initial, queue, processes, signsOfLife, artifacts, access, notifications, saved]
const newestKnown = Math.max(...migrations.map((migration) => migration.number))

export interface MigrateOptions {
  database: MigratableDatabase
  /** Copies an existing database before it is changed. Null in memory; and on Postgres, where that is the operator's dump and his rights. */
  copy: ((fromNumber: number) => void) | null
  /** What makes this place another one than the place it was copied from. */
  folderInode: string
  now: number
  /** Only the first so many; for tests of those that come after. Default: all. */
  upTo?: number
}

/** Returns the installation's id. @throws HoldfastError `schema_too_new`, `database_unavailable` */
export async function migrate({ database, copy, folderInode, now, upTo = migrations.length }: MigrateOptions): Promise<string> {
  const { dialect } = database
  const before = await database.migrate((connection) => newestApplied(connection, dialect))
  if (before > 0 && before < newestKnown) copy?.(before)
  return database.migrate(async (connection) => {
    await applyMissing(connection, dialect, { now, upTo })
    return ensureInstallation(connection, folderInode, now)
  })
}

type Connection = Parameters<Migration<unknown>>[0]

async function applyMissing({ run, read }: Connection, dialect: Dialect, { now, upTo }: { now: number; upTo: number }): Promise<void> {
  await run(
    dialect.translate(
      'create table if not exists migrations (number integer primary key, name text not null, checksum text not null, applied_at integer not null)',
    ),
  )
  const rows = await read('select number, checksum from migrations')
  const applied = new Map(rows.map((row) => [Number(row.number), String(row.checksum)]))
  refuseNewer(applied)
  for (const migration of migrations.slice(0, upTo)) {
    const text = migration.text + (migration[dialect.name] ?? '')
    const checksum = createHash('sha256').update(text).digest('hex').slice(0, 16)
    if (applied.get(migration.number) === checksum) continue
    if (applied.has(migration.number)) throw changedMigration(migration.number)
    await run(dialect.translate(migration.text))
    if (migration[dialect.name]) await run(migration[dialect.name] ?? '')
    await run(`insert into migrations values (${migration.number}, '${migration.name}', '${checksum}', ${now})`)
  }
}

async function newestApplied({ read }: Connection, dialect: Dialect): Promise<number> {
  const tables = (await read(dialect.tables)).map((row) => String(row.name))
  if (tables.includes('migrations')) {
    return Math.max(0, ...(await read('select number from migrations')).map((row) => Number(row.number)))
  }
  if (tables.length === 0) return 0
  const where = dialect.name === 'sqlite' ? 'database in the data folder' : 'schema in the database'
  throw new HoldfastError('database_unavailable', `The ${where} is another program's: it has the table "${tables[0]}" and none of ours.`)
}

function refuseNewer(applied: ReadonlyMap<number, string>): void {
  const newest = Math.max(0, ...applied.keys())
  if (newest <= newestKnown) return
  throw new HoldfastError(
    'schema_too_new',
    `These jobs were written by a newer Holdfast (schema ${newest}; this one knows ${newestKnown}).`,
  )
}

function changedMigration(number: number): HoldfastError {
  return new HoldfastError(
    'database_unavailable',
    `The schema ${number} of the database is not the one this Holdfast knows: it was made by another build.`,
  )
}

// A folder with another inode is a copy or was restored: it starts a life of its own, and the original's processes are not its own.
async function ensureInstallation({ run, read }: Connection, folderInode: string, now: number): Promise<string> {
  const [known] = await read('select installation_id, folder_inode from installation')
  if (known && String(known.folder_inode) === folderInode) return String(known.installation_id)
  const installationId = randomUUID()
  if (!/^[\w:-]*$/.test(folderInode)) throw new Error('folder inode has an unexpected form')
  if (known) await run(`update installation set installation_id = '${installationId}', folder_inode = '${folderInode}'`)
  else await run(`insert into installation values (1, '${installationId}', '${folderInode}', ${now})`)
  return installationId
}
