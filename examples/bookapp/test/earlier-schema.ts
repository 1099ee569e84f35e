// Makes of a data folder what an earlier Holdfast would have left: a database of schema `upTo`, with all of today's rows that it had a place for.
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { migrate } from '../../../src/store/migrations/migrate.ts'
import { openSqlite } from '../../../src/store/sqlite/sqlite.ts'

export async function takeBack(data: string, upTo: number): Promise<void> {
  const [now, then] = [join(data, 'holdfast.db'), join(data, 'then.db')]
  const database = await openSqlite(then)
  await migrate({ database, copy: null, folderInode: 'replaced', now: Date.now(), upTo })
  await database.close()
  const connection = new DatabaseSync(then)
  connection.exec(`pragma foreign_keys = off; attach '${now}' as now`)
  for (const table of tablesOf(connection, 'main').filter((name) => name !== 'migrations')) {
    const columns = columnsOf(connection, 'main', table).filter((name) => columnsOf(connection, 'now', table).includes(name))
    if (columns.length === 0) continue
    connection.exec(`delete from main.${table}; insert into main.${table} (${columns}) select ${columns} from now.${table}`)
  }
  // Two words of a job that were not there before artifacts could be looked at.
  if (upTo < 5) connection.exec(`update jobs set spec = json_remove(spec, '$.from', '$.validates')`)
  connection.exec('detach now; pragma wal_checkpoint(truncate)')
  connection.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(now + suffix, { force: true })
  copyFileSync(then, now)
  for (const suffix of ['', '-wal', '-shm']) rmSync(then + suffix, { force: true })
}

export function schemaOf(file: string): number {
  const connection = new DatabaseSync(file, { readOnly: true })
  const { newest } = connection.prepare('select max(number) as newest from migrations').get() as { newest: number }
  connection.close()
  return newest
}

function tablesOf(connection: DatabaseSync, schema: string): string[] {
  const rows = connection.prepare(`select name from ${schema}.sqlite_master where type = 'table' and name not like 'sqlite_%'`).all()
  return rows.map(({ name }) => String(name))
}

function columnsOf(connection: DatabaseSync, schema: string, table: string): string[] {
  return connection
    .prepare(`pragma ${schema}.table_info(${table})`)
    .all()
    .map(({ name }) => String(name))
}
