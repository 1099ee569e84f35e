// The one line that says why a job did not succeed, chosen from facts. Pure; the corpus of tools grows here.
import type { Failure, Stream } from './job.ts'
import { limits } from './limits.ts'

export interface EndFacts {
  exitCode: number | null
  signal: string | null
  /** The phase the job was in. */
  phase: string | null
  /** What the job itself said was wrong, by `{"error"}`. */
  saidError: string | null
  /** Last lines of stderr, or of stdout when nothing was written there; oldest first. */
  lastLines: { seq: number; stream: Stream; text: string }[]
  /** What was to be run, for the sentences of 126 and 127. */
  program: string | null
}

/** The failure of a process that ended badly. */
export function failureOf(facts: EndFacts): Failure {
  const found = explain(facts)
  const line = found.seq ?? facts.lastLines.at(-1)?.seq ?? null
  return {
    kind: found.kind,
    message: oneLine(found.message),
    ...(found.hint === undefined ? {} : { hint: found.hint }),
    ...(facts.phase === null ? {} : { phase: facts.phase }),
    ...(facts.exitCode === null ? {} : { exitCode: facts.exitCode }),
    ...(facts.signal === null ? {} : { signal: facts.signal }),
    lastLines: facts.lastLines.slice(-limits.failureLines).map((l) => oneLine(l.text)),
    logSeq: line,
  }
}

/** The failure of a job that ended because its machine or its processes went away unseen. */
export function interruptedFailure(message: string, phase: string | null): Failure {
  return {
    kind: 'interrupted',
    message,
    hint: 'Its outcome is unknown. Look at the log, then submit it again.',
    ...(phase ? { phase } : {}),
    lastLines: [],
    logSeq: null,
  }
}

/** The failure of a job that was cancelled. */
export function cancelledFailure(by: string | null): Failure {
  return { kind: 'cancelled', message: by ? `Cancelled by ${by}` : 'Cancelled', lastLines: [], logSeq: null }
}

/** Name of the signal that an exit code above 128 stands for in a shell, or null. */
export function signalOfExitCode(exitCode: number): string | null {
  return signalNames[exitCode - 128] ?? null
}

interface Explanation {
  kind: Failure['kind']
  message: string
  hint?: string
  seq?: number
}

function explain(facts: EndFacts): Explanation {
  if (facts.saidError !== null) return { kind: 'error', message: facts.saidError, ...lineOf(facts, facts.saidError) }
  if (facts.exitCode === 127)
    return { kind: 'launch', message: `Could not start: ${quoted(facts.program)} was not found`, hint: 'Check the spelling and PATH.' }
  if (facts.exitCode === 126)
    return {
      kind: 'launch',
      message: `Could not start: ${quoted(facts.program)} cannot be executed`,
      hint: 'Check its rights (chmod +x) and its first line.',
    }
  if (facts.signal === 'SIGKILL') return { kind: 'signal', message: 'Killed by SIGKILL', hint: 'Often the machine was out of memory.' }
  if (facts.signal !== null) return { kind: 'signal', message: `Ended by ${facts.signal}` }
  const thrown = exceptionLine(facts)
  if (thrown) return { kind: 'error', message: thrown.text, seq: thrown.seq }
  const last = facts.lastLines.findLast((l) => l.stream === 'stderr' && isTelling(l.text))
  if (last) return { kind: 'exit', message: last.text, seq: last.seq, hint: `It exited with code ${facts.exitCode}.` }
  return { kind: 'exit', message: `Exited with code ${facts.exitCode}` }
}

// "ValueError: …", "TypeError [ERR_X]: …", "java.io.IOException: …": what most languages print last or near it.
function exceptionLine(facts: EndFacts): { seq: number; text: string } | undefined {
  return facts.lastLines.findLast((l) => /^\s*(?:Uncaught )?[\w.$]*(?:Error|Exception)(?: \[\w+\])?: \S/.test(l.text))
}

function lineOf(facts: EndFacts, text: string): { seq?: number } {
  const line = facts.lastLines.findLast((l) => l.text.includes(text))
  return line ? { seq: line.seq } : {}
}

// Stack frames, version lines and rulers say nothing by themselves.
function isTelling(text: string): boolean {
  return /\w/.test(text) && !/^\s+at /.test(text) && !/^Node\.js v/.test(text)
}

function oneLine(text: string): string {
  const clean = text
    .replace(/\p{Cc}\[[\d;?]*[ -/]*[@-~]/gu, '')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
  return clean.length <= limits.failureMessage ? clean : `${clean.slice(0, limits.failureMessage - 1)}…`
}

function quoted(program: string | null): string {
  return program === null ? 'the program' : `\`${program}\``
}

const signalNames: Record<number, string> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
}
