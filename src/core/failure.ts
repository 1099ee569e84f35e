// The one line that says why a job did not succeed, chosen from facts. Pure; the corpus of tools grows here.
import type { Failure, Stream } from './job.ts'
import { limits } from './limits.ts'
import { oneLine, withoutEscapes } from './one-line.ts'

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
  const lastLines = facts.lastLines.map((line) => ({ ...line, text: withoutEscapes(line.text) }))
  const saidError = facts.saidError === null ? '' : oneLine(facts.saidError)
  const found = explain({ ...facts, lastLines, saidError })
  return {
    kind: found.kind,
    message: oneLine(found.message),
    ...(found.hint === undefined ? {} : { hint: found.hint }),
    ...(facts.phase === null ? {} : { phase: facts.phase }),
    ...(facts.exitCode === null ? {} : { exitCode: facts.exitCode }),
    ...(facts.signal === null ? {} : { signal: facts.signal }),
    lastLines: lastLines.slice(-limits.failureLines).map((line) => oneLine(line.text)),
    logSeq: found.seq ?? lastLines.at(-1)?.seq ?? null,
  }
}

/** The failure of a job that ended because its machine or its processes went away unseen. */
export function interruptedFailure(message: string, phase: string | null): Failure {
  return {
    kind: 'interrupted',
    message: oneLine(message),
    hint: 'Its outcome is unknown. Look at the log, then submit it again.',
    ...(phase ? { phase } : {}),
    lastLines: [],
    logSeq: null,
  }
}

/** The failure of a job that was cancelled. */
export function cancelledFailure(by: string | null): Failure {
  return { kind: 'cancelled', message: oneLine(by ? `Cancelled by ${by}` : 'Cancelled'), lastLines: [], logSeq: null }
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

function explain(facts: EndFacts & { saidError: string }): Explanation {
  if (facts.saidError !== '') return { kind: 'error', message: facts.saidError, ...lineOf(facts, facts.saidError) }
  if (facts.signal === 'SIGKILL') return { kind: 'signal', message: 'Killed by SIGKILL', hint: 'Often the machine was out of memory.' }
  if (facts.signal !== null) return { kind: 'signal', message: `Ended by ${facts.signal}` }
  const thrown = exceptionLine(facts)
  if (thrown) return { kind: 'error', message: thrown.text, seq: thrown.seq }
  const last = facts.lastLines.findLast((line) => line.stream === 'stderr' && isTelling(line.text))
  const start = facts.exitCode === null ? undefined : couldNotStart[facts.exitCode]
  // A shell says itself which program of its script it could not start.
  if (start)
    return {
      kind: 'launch',
      message: last?.text ?? `Could not start: ${quoted(facts.program)} ${start.what}`,
      hint: start.hint,
      ...seqOf(last),
    }
  if (last) return { kind: 'exit', message: last.text, seq: last.seq, hint: `It exited with code ${facts.exitCode}.` }
  return { kind: 'exit', message: `Exited with code ${facts.exitCode}` }
}

const couldNotStart: Record<number, { what: string; hint: string }> = {
  126: { what: 'cannot be executed', hint: 'Check its rights (chmod +x) and its first line.' },
  127: { what: 'was not found', hint: 'Check the spelling and PATH.' },
}

// "ValueError: …", "TypeError [ERR_X]: …", "java.io.IOException: …": what most languages print last or near it.
function exceptionLine(facts: EndFacts): { seq: number; text: string } | undefined {
  return facts.lastLines.findLast((l) => /^\s*(?:Uncaught )?[\w.$]*(?:Error|Exception)(?: \[\w+\])?: \S/.test(l.text))
}

function lineOf(facts: EndFacts, text: string): { seq?: number } {
  return seqOf(facts.lastLines.findLast((line) => line.text.includes(text)))
}

function seqOf(line: { seq: number } | undefined): { seq?: number } {
  return line ? { seq: line.seq } : {}
}

// Stack frames, version lines and rulers say nothing by themselves.
function isTelling(text: string): boolean {
  return /\w/.test(text) && !/^\s+at /.test(text) && !/^Node\.js v/.test(text)
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
