// Looks at one job's start from outside: when transactions that write begin and end, and when the shim is spawned.
// Nothing of the product is changed for it: Node's own diagnostics channel tells of spawns, two methods of node:sqlite and the pipe to the starter are wrapped.
import type { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Writable } from 'node:stream'
import { starterProgram } from '../src/launch/starter-program.ts'
import { instant } from './first-instruction.ts'

export interface Transaction {
  beganAt: number
  committedAt: number
  wrote: boolean
}

export interface StartTrace {
  /** In order; those that only read too. */
  transactions: Transaction[]
  spawnCalledAt: number
  spawnReturnedAt: number
}

/** Call it once. The answer starts a new trace and gives it back, to be filled from then on. */
export function traceStarts(): () => StartTrace {
  let trace = emptyTrace()
  let current: Transaction | null = null

  subscribe('tracing:child_process.spawn:start', (message) => {
    if (isShim(message) && trace.spawnCalledAt === 0) trace.spawnCalledAt = instant()
  })
  subscribe('tracing:child_process.spawn:end', (message) => {
    if (trace.spawnCalledAt > 0 && trace.spawnReturnedAt === 0) trace.spawnReturnedAt = instant()
    const { process } = message as { process: ChildProcess }
    // Its pipes are there when the call has returned.
    if (process.spawnargs.includes(starterProgram)) queueMicrotask(() => traceStarter(process, () => trace))
  })

  const { exec } = DatabaseSync.prototype
  DatabaseSync.prototype.exec = function (text) {
    if (text === 'begin immediate') current = { beganAt: instant(), committedAt: 0, wrote: false }
    exec.call(this, text)
    if (text !== 'commit' || !current) return
    trace.transactions.push({ ...current, committedAt: instant() })
    current = null
  }
  const { all } = StatementSync.prototype
  StatementSync.prototype.all = function (this: StatementSync, ...values: unknown[]) {
    if (current && /^\s*(insert|update|delete)\b/.test(this.sourceSQL)) current.wrote = true
    return Reflect.apply(all, this, values)
  }

  return () => {
    trace = emptyTrace()
    return trace
  }
}

// Asking the starter is what `spawn` is otherwise, and its answer is the return.
function traceStarter({ stdin, stdout }: ChildProcess, now: () => StartTrace): void {
  const write = stdin?.write as Writable['write']
  Object.assign(stdin as Writable, {
    write(...request: Parameters<Writable['write']>) {
      now().spawnCalledAt ||= instant()
      return Reflect.apply(write, stdin, request)
    },
  })
  stdout?.on('data', () => {
    now().spawnReturnedAt ||= instant()
  })
}

function emptyTrace(): StartTrace {
  return { transactions: [], spawnCalledAt: 0, spawnReturnedAt: 0 }
}

function isShim(message: unknown): boolean {
  const { options } = message as { options?: { file?: string; detached?: boolean } }
  return options?.file === '/bin/sh' && options.detached === true
}
