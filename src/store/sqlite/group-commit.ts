// Batches of one turn of the event loop share one transaction on SQLite: one sync of the disk for all of them.
// Each is undone by itself when it fails, and none is acknowledged before the commit. It knows the connection, and no statement.
import { HoldfastError } from '../../core/errors.ts'
import { limits } from '../../core/limits.ts'
import { isOver, type OnTrouble, refusal, type Trouble, toldOf, type WaitTimes, waitABit } from '../patience.ts'
import type { Patience } from '../sql-database.ts'
import type { SqliteConnection } from './library.ts'

/** Batches that share a transaction at most; what a turn of the event loop can bear. */
const groupSize = 64
/** Batches that wait at most; what comes on top is told so at once. Our own writes are bounded by who makes them. */
const queueSize = 10_000
/** No further batch is begun in a transaction after so long, so that other processes get their turn. */
const groupMs = 10

export interface GroupCommit {
  /** Resolves after the commit. */
  add<R>(work: () => R, patience: Patience): Promise<R>
  /** Writes what came in this turn, if it can be written at once, and refuses the rest. */
  close(reason: unknown): void
}

export interface GroupOptions {
  connection: SqliteConnection
  troubleOf: (error: unknown) => Trouble | null
  /** Called before each transaction; throws where none may begin. */
  check?: () => void
  /** Told again and again; null after every success. */
  onTrouble: OnTrouble
  /** Called before a transaction begins: what it adds still has a place in it. */
  beforeWriting?: () => void
  /** Nobody else waits for a database in memory, and the clock must not decide there what shares a transaction. */
  isShared: boolean
  times: WaitTimes
}

interface Entry {
  work: () => unknown
  patience: Patience
  since: number
  /** It was in a transaction that failed as a whole. */
  isAlone: boolean
  resolve: (result: unknown) => void
  reject: (error: unknown) => void
}

export function groupCommit(options: GroupOptions): GroupCommit {
  const closing = new AbortController()
  let queue: Entry[] = []
  let cutShort = new AbortController()
  let state: 'idle' | 'scheduled' | 'busy' | 'waiting' = 'idle'
  let tries = 0

  function schedule(): void {
    state = 'scheduled'
    setImmediate(flush)
  }

  // One transaction, and what comes after it: the next one, a wait, or nothing.
  function flush(): void {
    if (state !== 'scheduled') return
    options.beforeWriting?.()
    const { taken, trouble, error } = writeGroup(queue, options)
    queue = queue.slice(taken)
    if (trouble === null) goOn()
    else bear(trouble, error)
  }

  function goOn(): void {
    options.onTrouble(null)
    tries = 0
    if (queue.length > 0) schedule()
    else state = 'idle'
  }

  function bear(trouble: Trouble, error: unknown): void {
    const before = queue.length
    queue = queue.filter((entry) => isPatient(entry, { trouble, error, times: options.times }))
    // The first of them has waited longest.
    const ours = queue.find(({ patience }) => patience === 'supervisor')
    const told = ours ? toldOf(trouble, error, { ...options.times, waitedMs: performance.now() - ours.since }) : null
    if (told !== null) options.onTrouble(told)
    if (queue.length === 0) state = 'idle'
    // Without those who were refused it may fit at once.
    else if (trouble === 'unwritable' && queue.length < before) schedule()
    else void pause(trouble)
  }

  async function pause(trouble: Trouble): Promise<void> {
    state = trouble === 'busy' ? 'busy' : 'waiting'
    cutShort = new AbortController()
    await waitABit({ trouble, tries: tries++, signal: cutShort.signal }).catch(() => {})
    if (!closing.signal.aborted) schedule()
  }

  return {
    add<R>(work: () => R, patience: Patience) {
      if (closing.signal.aborted) return Promise.reject(closing.signal.reason)
      if (queue.length >= queueSize && patience === 'caller') return Promise.reject(tooMany())
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      queue.push({ work, patience, since: performance.now(), isAlone: false, resolve, reject })
      if (state === 'idle') schedule()
      // A full disk is a caller's answer, not his wait.
      if (state === 'waiting' && patience === 'caller') cutShort.abort()
      return promise as Promise<R>
    },
    close(reason) {
      if (state === 'scheduled') {
        const { taken, trouble } = writeGroup(queue, options)
        if (trouble === null) queue = queue.slice(taken)
      }
      state = 'idle'
      closing.abort(reason)
      cutShort.abort()
      for (const { reject } of queue.splice(0)) reject(reason)
    },
  }
}

function tooMany(): HoldfastError {
  return new HoldfastError('database_busy', `${queueSize} calls wait for the database already.`)
}

function isPatient(entry: Entry, { trouble, error, times }: { trouble: Trouble; error: unknown; times: WaitTimes }): boolean {
  const waitedMs = performance.now() - entry.since
  if (entry.patience === 'supervisor' || !isOver(trouble, { waitedMs, callerMs: times.callerMs ?? limits.callerBusyMs })) return true
  entry.reject(refusal(trouble, error, waitedMs))
  return false
}

interface Outcome {
  /** How many of the queue are answered. */
  taken: number
  trouble: Trouble | null
  error?: unknown
}

// All or nothing, but for the batches that fail by themselves. Trouble of the database leaves every one of them in the queue.
function writeGroup(queue: readonly Entry[], { connection, troubleOf, check, isShared }: GroupOptions): Outcome {
  const group = queue[0]?.isAlone ? queue.slice(0, 1) : queue.slice(0, groupSize)
  const startedAt = performance.now()
  const answers: (() => void)[] = []
  try {
    check?.()
    connection.exec('begin immediate')
    for (const entry of group) {
      if (entry.isAlone && answers.length > 0) break
      if (isShared && answers.length > 0 && performance.now() - startedAt > groupMs) break
      answers.push(group.length === 1 ? run(entry) : runApart(entry, connection, troubleOf))
    }
    connection.exec('commit')
  } catch (error) {
    if (connection.isTransaction()) connection.exec('rollback')
    const trouble = troubleOf(error)
    if (trouble !== null) return { taken: 0, trouble, error }
    if (group.length === 1) {
      group[0]?.reject(error)
      return { taken: 1, trouble: null }
    }
    // Something undid all of them; each gets a transaction of its own to show which.
    for (const entry of group) entry.isAlone = true
    return { taken: 0, trouble: null }
  }
  for (const answer of answers) answer()
  return { taken: answers.length, trouble: null }
}

function run({ work, resolve }: Entry): () => void {
  const result = work()
  return () => resolve(result)
}

function runApart(entry: Entry, connection: SqliteConnection, troubleOf: GroupOptions['troubleOf']): () => void {
  connection.exec('savepoint batch')
  try {
    const answer = run(entry)
    connection.exec('release batch')
    return answer
  } catch (error) {
    // Some errors undo the whole transaction, and the savepoint with it.
    if (troubleOf(error) !== null || !connection.isTransaction()) throw error
    connection.exec('rollback to batch')
    connection.exec('release batch')
    return () => entry.reject(error)
  }
}
