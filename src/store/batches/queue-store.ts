// Batches about queues, kinds and lock keys: limits and pauses.
import { limits } from '../../core/limits.ts'
import type { LockKeyView } from '../../core/views.ts'
import { number, numberOrNull, string, stringOrNull } from '../rows.ts'
import type { Row, SqlDatabase, Step } from '../sql-database.ts'
import { claimPassLock, holdersOf, keysInUse, setCapacity } from '../statements/locks.ts'
import * as statements from '../statements/queues.ts'
import type { KindRecord, Store } from '../store.ts'

export function queueStore(database: SqlDatabase): Store['queues'] {
  // Not in the middle of a claim pass, which would go on with what it read.
  const write = (writes: Step[]) =>
    database.batch<void>({ locks: [claimPassLock], reads: [], decide: () => ({ writes, answer: () => undefined }) }, 'caller')
  return {
    async list() {
      const [queues, kinds] = [await database.query(statements.allQueues()), await database.query(statements.allKinds())]
      return { queues: queues.map(toQueue), kinds: kinds.map(toKind) }
    },
    setQueue({ queue, concurrency, paused, by, now }) {
      const writes: Step[] = [statements.ensureQueue(queue)]
      if (concurrency !== undefined) writes.push(statements.setConcurrency(queue, concurrency))
      if (paused !== undefined) writes.push(statements.pauseQueue(queue, paused ? now : null, paused ? by : null))
      if (paused) writes.push(...statements.leaveLines({ queue }, now))
      return write(writes)
    },
    setKind({ kind, paused, by, now }) {
      const pause = [statements.ensureKind(kind), statements.pauseKind(kind, paused ? now : null, paused ? by : null)]
      return write(paused ? [...pause, ...statements.leaveLines({ kind }, now)] : pause)
    },
    lockKeys: (options) => lockKeys(database, options),
    setLimit: ({ key, limit, now }) => write([setCapacity(key, limit, now)]),
  }
}

export function toKind(row: Row): KindRecord {
  return { kind: string(row.name), ...pauseOf(row) }
}

function toQueue(row: Row) {
  return {
    queue: string(row.name),
    concurrency: numberOrNull(row.concurrency),
    ...pauseOf(row),
    queued: number(row.queued),
    running: number(row.running),
  }
}

function pauseOf(row: Row) {
  return { pausedAt: numberOrNull(row.paused_at), pausedBy: stringOrNull(row.paused_by) }
}

async function lockKeys(database: SqlDatabase, { limit, key }: { limit: number; key?: string }): Promise<LockKeyView[]> {
  const keys = await database.query(keysInUse(limit, key))
  if (keys.length === 0) return []
  const held = await database.query(
    holdersOf(
      keys.map((row) => number(row.id)),
      limits.waitingNamed,
    ),
  )
  return keys.map((row) => ({
    key: string(row.name),
    limit: numberOrNull(row.capacity),
    heldBy: held.flatMap((holder) => (holder.id === row.id && holder.job_id !== null ? [number(holder.job_id)] : [])).sort((a, b) => a - b),
    waiting: number(row.waiting),
  }))
}
