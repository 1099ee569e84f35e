// Address → Store: opens the database of a data folder, brings its schema up to date and puts the port in front of it.
import { statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { HoldfastError } from '../core/errors.ts'
import { migrate } from './migrations/migrate.ts'
import { sqlStore } from './sql-store.ts'
import { type OnTrouble, openSqlite } from './sqlite.ts'
import type { Store } from './store.ts'

/** `folder` is an existing data folder, or `:memory:`. @throws HoldfastError as `openSqlite` and `migrate` do, and `data_folder` for a network disk */
export async function openStore(folder: string, clock: Clock, onTrouble: OnTrouble = () => {}): Promise<Store> {
  const inMemory = folder === ':memory:'
  if (!inMemory) refuseNetworkDisk(folder)
  const database = inMemory
    ? await openSqlite(':memory:', { jobs: null, lines: null })
    : await openSqlite(join(folder, 'holdfast.db'), { jobs: join(folder, 'doorbell'), lines: join(folder, 'doorbell-lines') }, onTrouble)
  try {
    const installationId = await migrate({
      database,
      copyFile: inMemory ? null : (from) => join(folder, `holdfast-schema-${from}-${clock.now()}.db`),
      folderInode: inMemory ? 'memory' : inodeOf(folder),
      now: clock.now(),
    })
    return sqlStore(database, installationId)
  } catch (error) {
    await database.close()
    throw error
  }
}

function inodeOf(folder: string): string {
  return String(statSync(folder).ino)
}

// Magic numbers of NFS, SMB/CIFS and SMB2: their locks do not keep two writers of one database apart.
const networkDisks: ReadonlySet<number> = new Set([0x6969, 0xff534d42, 0xfe534d42, 0x517b])

function refuseNetworkDisk(folder: string): void {
  if (networkDisks.has(statfsSync(folder).type)) {
    throw new HoldfastError('data_folder', `The data folder ${folder} is on a network disk, where SQLite can be damaged.`)
  }
}
