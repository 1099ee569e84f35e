// Reading of log blocks, and what becomes of the files of settled jobs. Lines are written with what else was seen of an attempt, in observing.
import { isSettled } from '../../core/transitions.ts'
import { number, toBlock, toFiles, toJob } from '../rows.ts'
import { noWrites, type SqlDatabase } from '../sql-database.ts'
import { attemptsOf, sealAttempt } from '../statements/attempts.ts'
import { jobById, lockJob } from '../statements/jobs.ts'
import { blocksAfter, blocksBefore, markSealed } from '../statements/logs.ts'
import type { Sealed, Store } from '../store.ts'

export function logStore(database: SqlDatabase): Store['logs'] {
  return {
    async blocks({ jobId, after, before, streams, limit }) {
      if (streams?.length === 0) return []
      const only = streams === undefined ? {} : { streams }
      if (before === undefined) return (await database.query(blocksAfter({ jobId, after: after ?? 0, limit, ...only }))).map(toBlock)
      return (await database.query(blocksBefore({ jobId, before, limit, ...only }))).map(toBlock).reverse()
    },
    seal: (options) => seal(database, options),
  }
}

function seal(database: SqlDatabase, { jobId, attempts }: { jobId: number; attempts: readonly Sealed[] }): Promise<boolean> {
  return database.batch<boolean>(
    {
      locks: [lockJob(jobId)],
      reads: [jobById(jobId), attemptsOf(jobId, Number.MAX_SAFE_INTEGER)],
      changes: 'lines',
      decide([rows = [], known = []]) {
        const files = new Map(known.map((row) => [number(row.attempt), toFiles(row)]))
        const isNew = attempts.every(({ attempt, after }) => files.get(attempt)?.sealed === after)
        if (!rows[0] || !isSettled(toJob(rows[0]).state) || !isNew) return noWrites(false)
        const writes = attempts.length === 0 ? [markSealed(jobId)] : attempts.map((one) => sealAttempt(jobId, one))
        return { writes, answer: () => true }
      },
    },
    'supervisor',
  )
}
