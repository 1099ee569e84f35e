// The one line that says why a job did not succeed, chosen from facts. Pure; what is known of languages and tools is in failure/.
import { type Chosen, chooseLine } from './failure/choose.ts'
import { hintOf } from './failure/hints.ts'
import { seenLine } from './failure/seen-line.ts'
import { endedBySignal } from './failure/signals.ts'
import type { Failure, Stream } from './job.ts'
import { limits } from './limits.ts'
import { oneLine } from './one-line.ts'

export { signalOfExitCode } from './failure/signals.ts'

export interface EndFacts {
  exitCode: number | null
  signal: string | null
  /** The phase the job was in. */
  phase: string | null
  /** What the job itself said was wrong, by `{"error"}`. */
  saidError: string | null
  /** Last lines of stderr and of stdout, by number: many tools print their errors to stdout. */
  lastLines: { seq: number; stream: Stream; text: string }[]
  /** What was to be run, for the sentences of 126 and 127. */
  program: string | null
}

/** The failure of a process that ended badly. */
export function failureOf(facts: EndFacts): Failure {
  const lines = facts.lastLines.slice(-2 * limits.failureRead).map(seenLine)
  const saidError = facts.saidError === null ? '' : oneLine(facts.saidError)
  const found = explain(facts, { saidError, lines, chosen: chooseLine(lines) })
  const hint = found.hint ?? (found.kind === 'signal' ? null : hintOf(found.message))
  const shown = lines.some((line) => line.stream === 'stderr') ? lines.filter((line) => line.stream === 'stderr') : lines
  return {
    kind: found.kind,
    message: oneLine(found.message),
    ...(hint === null ? {} : { hint }),
    ...(facts.phase === null ? {} : { phase: facts.phase }),
    ...(facts.exitCode === null ? {} : { exitCode: facts.exitCode }),
    ...(facts.signal === null ? {} : { signal: facts.signal }),
    lastLines: shown.slice(-limits.failureLines).map((line) => oneLine(line.shown)),
    logSeq: found.seq ?? lines.at(-1)?.seq ?? null,
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

interface Explanation {
  kind: Failure['kind']
  message: string
  hint?: string | null
  seq?: number
}

interface Seen {
  saidError: string
  lines: ReturnType<typeof seenLine>[]
  chosen: Chosen | null
}

function explain(facts: EndFacts, { saidError, lines, chosen }: Seen): Explanation {
  if (saidError !== '') return { kind: 'error', message: saidError, ...seqOf(lines.findLast((line) => line.text.includes(saidError))) }
  if (facts.signal !== null) return signalled(facts.signal, chosen)
  const start = facts.exitCode === null ? undefined : couldNotStart[facts.exitCode]
  if (start) {
    const line = lines.findLast(({ text }) => start.says.test(text))
    if (line || !chosen) return notStarted(facts, start, line)
  }
  if (facts.exitCode === 124 && (facts.program === 'timeout' || !chosen))
    return { kind: 'exit', message: 'Exited with code 124: the time limit of `timeout` was over' }
  if (!chosen) return { kind: 'exit', message: `Exited with code ${facts.exitCode}` }
  return { kind: chosen.thrown ? 'error' : 'exit', message: chosen.message, seq: chosen.seq }
}

function signalled(signal: string, chosen: Chosen | null): Explanation {
  const { message, hint, said } = endedBySignal(signal, chosen)
  if (!said || !chosen) return { kind: 'signal', message, hint }
  return { kind: 'signal', message, hint: hint ?? hintOf(message), seq: chosen.seq }
}

interface CouldNotStart {
  what: string
  hint: string
  /** How shells say so. */
  says: RegExp
}

const couldNotStart: Record<number, CouldNotStart> = {
  126: {
    what: 'cannot be executed',
    hint: 'Check its rights (chmod +x) and its first line.',
    says: /: (?:Permission denied|Exec format error|cannot execute.{0,80}|Is a directory)$/i,
  },
  127: {
    what: 'was not found',
    hint: 'Check the spelling and PATH.',
    says: /: (?:(?:command )?not found|No such file or directory|cannot execute.{0,80})$/i,
  },
}

// A shell says itself which program of its script it could not start; of the job's own program we say it.
function notStarted(facts: EndFacts, start: CouldNotStart, line: { seq: number; text: string } | undefined): Explanation {
  const program = facts.program === null ? 'the program' : `\`${facts.program}\``
  const own = !line || /^sh: \d+: exec: /.test(line.text)
  const what = line && /exec format/i.test(line.text) ? 'is no program for this machine' : start.what
  const message = own ? `Could not start: ${program} ${what}` : line.text.trim()
  const known = /permission denied$|not found$/i.test(message) && !/required file/.test(message) ? null : hintOf(message)
  return { kind: 'launch', message, hint: known ?? start.hint, ...seqOf(line) }
}

function seqOf(line: { seq: number } | undefined): { seq?: number } {
  return line ? { seq: line.seq } : {}
}
