// Batches about runners: their registration and their lease.
import type { Sql } from 'sql-template-tag'
import { toRunner } from './rows.ts'
import { noWrites, type Patience, type SqlDatabase } from './sql-database.ts'
import * as statements from './statements/runners.ts'
import type { Store } from './store.ts'

export function runnerStore(database: SqlDatabase): Store['runners'] {
  const write = (statement: Sql, patience: Patience = 'supervisor') =>
    database.batch({ reads: [], decide: () => ({ ...noWrites(undefined), writes: [statement] }) }, patience)
  return {
    // Somebody waits for the runner to open: he is told of a full disk instead.
    register: ({ runner }) => write(statements.insertRunner(runner), 'caller'),
    renew: ({ runnerId, leaseUntil }) => write(statements.renewRunner(runnerId, leaseUntil)),
    list: async () => (await database.query(statements.allRunners())).map(toRunner),
    remove: ({ runnerId }) => write(statements.deleteRunner(runnerId)),
  }
}
