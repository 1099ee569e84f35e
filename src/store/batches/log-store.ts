// Reading of log blocks. Writing happens with what else was seen of an attempt, in claim-store.
import { number, toBlock } from '../rows.ts'
import type { Row, SqlDatabase } from '../sql-database.ts'
import { blocksAfter, blocksBefore, bytesRead } from '../statements/logs.ts'
import type { FilePosition, Store } from '../store.ts'

export function logStore(database: SqlDatabase): Store['logs'] {
  return {
    async blocks({ jobId, after, before, streams, limit }) {
      if (streams?.length === 0) return []
      const only = streams === undefined ? {} : { streams }
      if (before === undefined) return (await database.query(blocksAfter({ jobId, after: after ?? 0, limit, ...only }))).map(toBlock)
      return (await database.query(blocksBefore({ jobId, before, limit, ...only }))).map(toBlock).reverse()
    },
    async read({ jobId, attempt }) {
      // The newest life of a file is the last row of its stream.
      const read = new Map((await database.query(bytesRead(jobId, attempt))).map((row) => [number(row.stream), toPosition(row)]))
      return { stdout: read.get(1) ?? atStart, stderr: read.get(2) ?? atStart }
    },
  }
}

const atStart: FilePosition = { fileNumber: 0, bytes: 0 }

function toPosition(row: Row): FilePosition {
  return { fileNumber: number(row.file_number), bytes: number(row.bytes) }
}
