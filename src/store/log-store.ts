// Reading of log blocks. Writing happens with what else was seen of an attempt, in claim-store.
import { number, toBlock } from './rows.ts'
import type { SqlDatabase } from './sql-database.ts'
import { blocksAfter, blocksBefore, bytesRead } from './statements/logs.ts'
import type { Store } from './store.ts'

export function logStore(database: SqlDatabase): Store['logs'] {
  return {
    async blocks({ jobId, after, before, streams, limit }) {
      if (streams?.length === 0) return []
      const only = streams === undefined ? {} : { streams }
      if (before === undefined) return (await database.query(blocksAfter({ jobId, after: after ?? 0, limit, ...only }))).map(toBlock)
      return (await database.query(blocksBefore({ jobId, before, limit, ...only }))).map(toBlock).reverse()
    },
    async read({ jobId, attempt }) {
      const bytes = new Map((await database.query(bytesRead(jobId, attempt))).map((row) => [number(row.stream), number(row.bytes)]))
      return { stdout: bytes.get(1) ?? 0, stderr: bytes.get(2) ?? 0 }
    },
  }
}
