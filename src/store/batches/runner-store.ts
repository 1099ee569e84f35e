// Batches about runners: their registration and their lease.
import type { Sql } from 'sql-template-tag'
import { toRunner } from '../rows.ts'
import { type Batch, noWrites, type Patience, type SqlDatabase } from '../sql-database.ts'
import { claimPassLock } from '../statements/locks.ts'
import { leaveLinesUnknown } from '../statements/queues.ts'
import * as statements from '../statements/runners.ts'
import type { Store } from '../store.ts'

export function runnerStore(database: SqlDatabase): Store['runners'] {
  const write = (statement: Sql, patience: Patience = 'supervisor') =>
    database.batch({ reads: [], decide: () => ({ ...noWrites(undefined), writes: [statement] }) }, patience)
  return {
    // Somebody waits for the runner to open: he is told of a full disk instead.
    register: ({ runner }) => write(statements.insertRunner(runner), 'caller'),
    renew: ({ runnerId, leaseUntil }) => write(statements.renewRunner(runnerId, leaseUntil)),
    list: async () => (await database.query(statements.allRunners())).map(toRunner),
    remove: (options) => database.batch(removeBatch(options), 'supervisor'),
  }
}

function removeBatch({ runnerId, now }: { runnerId: string; now: number }): Batch<void> {
  return {
    locks: [claimPassLock],
    reads: [statements.allRunners()],
    decide([rows = []]) {
      const runners = rows.map(toRunner)
      const known = new Set(runners.filter((one) => one.runnerId !== runnerId).flatMap((one) => one.kinds))
      const forgotten = (runners.find((one) => one.runnerId === runnerId)?.kinds ?? []).filter((kind) => !known.has(kind))
      return {
        writes: [statements.deleteRunner(runnerId), ...forgotten.flatMap((kind) => leaveLinesUnknown(kind, now))],
        answer: () => undefined,
      }
    },
  }
}
