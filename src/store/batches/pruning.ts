// Removing settled jobs that retention no longer keeps, in small batches: a caller in a hurry never waits long behind one.
import { limits } from '../../core/limits.ts'
import { number, string } from '../rows.ts'
import type { SqlDatabase } from '../sql-database.ts'
import { attemptFolders } from '../statements/attempts.ts'
import { removeUnusedKeys } from '../statements/locks.ts'
import * as statements from '../statements/retention.ts'
import type { Store } from '../store.ts'

type Pruned = Awaited<ReturnType<Store['jobs']['prune']>>

export async function prune(database: SqlDatabase, { state, before, keep, limit }: Parameters<Store['jobs']['prune']>[0]): Promise<Pruned> {
  const surplus = keep === null ? undefined : (await database.query(statements.tooMany(state, keep)))[0]
  const ranks = [
    ...(surplus ? [{ finishedAt: number(surplus.finished_at), id: number(surplus.id) }] : []),
    ...(before === null ? [] : [{ finishedAt: before, id: 0 }]),
  ]
  const until = ranks.sort((a, b) => a.finishedAt - b.finishedAt || a.id - b.id).at(-1)
  if (!until) return []
  const old = statements.settledUntil(state, until, limit)
  if ((await database.query(old)).length === 0) return []
  return database.batch<Pruned>(
    {
      reads: [old, ([rows = []]) => (rows.length > 0 ? attemptFolders(rows.map((row) => number(row.id))) : null)],
      decide([rows = [], folders = []]) {
        const removed = withoutTooManyLines(rows.map((row) => ({ id: number(row.id), lines: number(row.log_lines) })))
        const foldersOf = Map.groupBy(folders, (row) => number(row.job_id))
        const ids = removed.map(({ id }) => id)
        return {
          writes: ids.length === 0 ? [] : [statements.removeJobs(ids), removeUnusedKeys(limits.prunedPerBatch)],
          answer: () => ids.map((id) => ({ id, folders: (foldersOf.get(id) ?? []).map((row) => string(row.folder)) })),
        }
      },
    },
    'supervisor',
  )
}

// Long logs have many blocks, which go with their job: one such job is enough for a batch.
function withoutTooManyLines<T extends { lines: number }>(jobs: readonly T[]): T[] {
  let lines = 0
  const end = jobs.findIndex((job) => {
    lines += job.lines
    return lines > linesPerBatch
  })
  return end === -1 ? [...jobs] : jobs.slice(0, Math.max(1, end))
}

const linesPerBatch = 500_000
