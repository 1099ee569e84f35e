// The production store on SQLite in memory, with a count of what is at work in it, and room for a mutant at the seam.
import { migrate } from '../../src/store/migrations/migrate.ts'
import type { SqlDatabase } from '../../src/store/sql-database.ts'
import { sqlStore } from '../../src/store/sql-store.ts'
import { openSqlite } from '../../src/store/sqlite/sqlite.ts'
import type { Store } from '../../src/store/store.ts'
import type { Mutant } from './mutants.ts'
import type { Random } from './random.ts'

export interface SimulatedStoreOptions {
  startAt: number
  /** Calls that the database has not answered yet. */
  atWork: { calls: number }
  mutant: Mutant | null
  gap: (ms: number) => Promise<void>
  random: Random
}

export async function openSimulatedStore(options: SimulatedStoreOptions): Promise<{ store: Store; database: SqlDatabase }> {
  const { startAt, atWork, mutant, gap, random } = options
  const sqlite = await openSqlite(':memory:')
  const installationId = await migrate({ database: sqlite, copy: null, folderInode: 'memory', now: startAt })
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    atWork.calls++
    try {
      return await work()
    } finally {
      atWork.calls--
    }
  }
  const database: SqlDatabase = {
    ...sqlite,
    query: (statement) => counted(() => sqlite.query(statement)),
    batch: (batch, patience) => counted(() => sqlite.batch(batch, patience)),
  }
  const seen = mutant?.database ? mutant.database({ database, gap: (ms) => gap(ms), random }) : database
  return { store: sqlStore(seen, installationId), database }
}
