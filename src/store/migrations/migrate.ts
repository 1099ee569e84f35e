// Brings a database to this program's schema: numbered, checksummed, forward only, with a copy before. A newer schema is refused.
import { createHash, randomUUID } from 'node:crypto'
import { HoldfastError } from '../../core/errors.ts'
import type { Row } from '../sql-database.ts'
import type { SqliteDatabase } from '../sqlite.ts'
import { initial } from './0001-initial.ts'

const migrations = [initial]

export interface MigrateOptions {
  database: SqliteDatabase
  /** Where the copy goes that is made before an existing database is changed; null in memory. */
  copyFile: ((fromNumber: number) => string) | null
  folderInode: string
  now: number
}

/** Returns the installation's id. @throws HoldfastError `schema_too_new`, `database_unavailable` */
export async function migrate({ database, copyFile, folderInode, now }: MigrateOptions): Promise<string> {
  const before = newestApplied(await appliedMigrations(database))
  if (before > 0 && before < migrations.length && copyFile) database.copyTo(copyFile(before))
  let installationId = ''
  await database.migrate((run, read) => {
    run(
      'create table if not exists migrations (number integer primary key, name text not null, checksum text not null, applied_at integer not null)',
    )
    const applied = new Map(read('select number, checksum from migrations').map((row) => [Number(row.number), String(row.checksum)]))
    refuseNewer(applied)
    for (const migration of migrations) {
      const checksum = createHash('sha256').update(migration.text).digest('hex').slice(0, 16)
      if (applied.get(migration.number) === checksum) continue
      if (applied.has(migration.number)) throw changedMigration(migration.number)
      run(migration.text)
      run(`insert into migrations values (${migration.number}, '${migration.name}', '${checksum}', ${now})`)
    }
    installationId = ensureInstallation({ run, read, folderInode, now })
  })
  return installationId
}

async function appliedMigrations(database: SqliteDatabase): Promise<Row[]> {
  let rows: Row[] = []
  await database.migrate((_run, read) => {
    const tables = read(`select name from sqlite_master where type = 'table'`).map((row) => String(row.name))
    if (tables.includes('migrations')) rows = read('select number from migrations')
    else if (tables.length > 0)
      throw new HoldfastError(
        'database_unavailable',
        `The database in the data folder is another program's: it has the table "${tables[0]}" and none of ours.`,
      )
  })
  return rows
}

function newestApplied(rows: Row[]): number {
  return Math.max(0, ...rows.map((row) => Number(row.number)))
}

function refuseNewer(applied: ReadonlyMap<number, string>): void {
  const newest = Math.max(0, ...applied.keys())
  if (newest <= migrations.length) return
  throw new HoldfastError(
    'schema_too_new',
    `This data folder was written by a newer Holdfast (schema ${newest}; this one knows ${migrations.length}).`,
  )
}

function changedMigration(number: number): HoldfastError {
  return new HoldfastError(
    'database_unavailable',
    `The data folder's schema ${number} is not the one this Holdfast knows: it was made by another build.`,
  )
}

interface Installing {
  run: (text: string) => void
  read: (text: string) => Row[]
  folderInode: string
  now: number
}

// A folder with another inode is a copy or was restored: it starts a life of its own, and the original's processes are not its own.
function ensureInstallation({ run, read, folderInode, now }: Installing): string {
  const known = read('select installation_id, folder_inode from installation')[0]
  if (known && String(known.folder_inode) === folderInode) return String(known.installation_id)
  const installationId = randomUUID()
  if (!/^[\w:-]*$/.test(folderInode)) throw new Error('folder inode has an unexpected form')
  if (known) run(`update installation set installation_id = '${installationId}', folder_inode = '${folderInode}'`)
  else run(`insert into installation values (1, '${installationId}', '${folderInode}', ${now})`)
  return installationId
}
