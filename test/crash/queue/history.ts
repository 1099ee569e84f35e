// What a campaign writes down: each call with the instants around it, one line before and one after, in a file per process.
// One clock for all of them: CLOCK_MONOTONIC, in microseconds. Knows nothing of what is right.
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { EndedAttempt } from '../../../src/core/ending.ts'
import type { Hold, JobState, Lock } from '../../../src/core/job.ts'
import type { SettledState } from '../../../src/core/retention.ts'
import type { JobRecord } from '../../../src/store/store.ts'

/** What never changes of a job. */
export interface Facts {
  id: number
  kind: string
  queue: string
  unique: string | null
  priority: number
  locks: Lock[]
  /** By its retry policy. */
  mostAttempts: number
  /** As it was seen first; null: whenever, or it was seen too late. */
  expireAt: number | null
}

export interface Brief {
  id: number
  state: JobState
  attempts: number
  excused: number
  token: number
  version: number
  finishedAt: number | null
}

export interface Held {
  id: number
  attempt: number
  token: number
}

export type Fenced = Brief | 'lost'

/** Each call: what was asked and, in short, what was answered. `line` is unlike any other line of the campaign. */
export interface Calls {
  submit: {
    asked: { kind: string; unique: string | null }[]
    answer: ({ id: number; created: boolean; kind: string; unique: string | null } | { refused: string })[]
  }
  claim: { asked: { limit: number }; answer: (Held & { facts: Facts; availableAt: number; wallAt: number })[] }
  takeOver: { asked: Held & { adopting: boolean }; answer: Held | 'lost' }
  begun: { asked: Held & { line: string }; answer: 'ok' | 'lost' }
  observe: { asked: Held & { line: string; checkpoint: string | null }; answer: Fenced }
  finish: { asked: Held & { line: string; end: EndedAttempt['end']; said: string | null }; answer: Fenced }
  /** The process of the attempt began; false: the latch was taken, it had begun before. */
  start: { asked: { id: number; attempt: number }; answer: boolean }
  cancel: { asked: { id: number }; answer: Brief | 'none' }
  retry: { asked: { id: number; fromCheckpoint: boolean }; answer: Brief | { refused: string } }
  pause: { asked: { queue: string | null; kind: string | null; paused: boolean }; answer: 'ok' }
  limit: { asked: { key: string; limit: number }; answer: 'ok' }
  prune: { asked: { state: SettledState }; answer: number[] }
  promote: { asked: null; answer: 'ok' }
  /** Every active job at one moment. `fresh`: those seen for the first time. */
  look: { asked: null; answer: { jobs: [id: number, state: JobState, hold: Hold, attempts: number][]; fresh: Facts[] } }
  /** Kill -9 of a process, or SIGSTOP. */
  kill: { asked: { process: string; signal: 'SIGKILL' | 'SIGSTOP' }; answer: 'ok' }
}

export type CallName = keyof Calls

export interface Op<N extends CallName = CallName> {
  process: string
  name: N
  asked: Calls[N]['asked']
  from: number
  /** When it was answered; of a call that a kill cut off, the latest instant at which it may still have been carried out. */
  to: number
  /** Null: it was never answered. */
  answer: Calls[N]['answer'] | null
  threw: string | null
}

/** The calls of one name, in the order they began. */
export function callsOf<N extends CallName>(ops: readonly Op[], name: N): Op<N>[] {
  return ops.filter((op): op is Op<N> => op.name === name)
}

export interface Recorder {
  call<N extends CallName, R>(
    name: N,
    asked: Calls[N]['asked'],
    done: { work: () => Promise<R>; brief: (answer: R) => Calls[N]['answer'] },
  ): Promise<R>
  close(): void
}

export function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}

/** Each line is one write: a kill -9 leaves whole lines. */
export function openRecorder(folder: string, name: string): Recorder {
  const file = openSync(join(folder, `${name}.jsonl`), 'a')
  let calls = 0
  const write = (line: object) => writeSync(file, `${JSON.stringify(line)}\n`)
  return {
    async call(name, asked, { work, brief }) {
      const n = ++calls
      write({ n, name, asked, at: monotonicUs() })
      try {
        const answer = await work()
        const at = monotonicUs()
        write({ n, at, answer: brief(answer) })
        return answer
      } catch (error) {
        write({ n, at: monotonicUs(), threw: error instanceof Error ? (error.stack ?? error.message) : String(error) })
        throw error
      }
    },
    close: () => closeSync(file),
  }
}

/** All files of a folder as calls, in the order they began. */
export function readHistory(folder: string): Op[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.jsonl'))
  const ops = files.flatMap((file) => readFile(join(folder, file), basename(file, '.jsonl'))).sort((a, b) => a.from - b.from)
  const killedAt = new Map(callsOf(ops, 'kill').map((kill) => [kill.asked.process, kill.to]))
  for (const op of ops) if (op.to === Number.POSITIVE_INFINITY) op.to = (killedAt.get(op.process) ?? op.to) + afterKillUs
  return ops
}

/** A server may carry out what a client sent before it was killed; longer than any freeze that could hold it up. */
const afterKillUs = 5_000_000

function readFile(file: string, process: string): Op[] {
  const open = new Map<number, Op>()
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  for (const line of lines) {
    const { n, at, name, asked, answer = null, threw = null } = JSON.parse(line)
    const op = open.get(n)
    if (op) Object.assign(op, { to: at, answer, threw })
    else open.set(n, { process, name, asked, from: at, to: Number.POSITIVE_INFINITY, answer: null, threw: null })
  }
  return [...open.values()]
}

export function factsOf({ id, kind, queue, uniqueKey, priority, locks, mostAttempts, expireAt }: JobRecord): Facts {
  return { id, kind, queue, unique: uniqueKey, priority, locks, mostAttempts, expireAt }
}

export function briefOf({ id, state, attempts, attemptsExcused, leaseToken, version, finishedAt }: JobRecord): Brief {
  return { id, state, attempts, excused: attemptsExcused, token: leaseToken, version, finishedAt }
}
