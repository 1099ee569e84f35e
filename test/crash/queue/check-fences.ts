// I4 and I6: one holder per attempt, one start per attempt, and whoever has lost the lease changes nothing, not even a line of the log. Pure.
import type { Known } from './checker.ts'
import { callsOf, type Fenced, type Held, type Op } from './history.ts'

export function checkFences(known: Known): void {
  checkClaims(known)
  checkStarts(known)
  const writes = fencedWrites(known.ops)
  const granted = grantsOf(known.ops)
  for (const write of writes) {
    const grants = granted.get(write.held.id) ?? []
    if (write.outcome === 'done') checkDone(known, write, grants)
  }
  checkRefused(known, writes)
  checkLinesWritten(known, writes)
  checkPolicy(known)
}

/** What was asked under a lease. */
interface Write {
  op: Op
  held: Held
  /** Its line in the log; a taking over has none of its own. */
  line: string | null
  outcome: 'done' | 'lost' | 'unknown'
  /** It ended the attempt. */
  ends: boolean
}

function fencedWrites(ops: readonly Op[]): Write[] {
  const outcomeOf = (answer: unknown) => (answer === null ? 'unknown' : answer === 'lost' ? 'lost' : 'done')
  return [
    ...callsOf(ops, 'takeOver').map((op) => ({ op, held: op.asked, line: null, outcome: outcomeOf(op.answer), ends: true }) as const),
    ...callsOf(ops, 'begun').map(
      (op) => ({ op, held: op.asked, line: op.asked.line, outcome: outcomeOf(op.answer), ends: false }) as const,
    ),
    ...callsOf(ops, 'observe').map(
      (op) => ({ op, held: op.asked, line: op.asked.line, outcome: outcomeOf(op.answer), ends: false }) as const,
    ),
    ...callsOf(ops, 'finish').map(
      (op) => ({ op, held: op.asked, line: op.asked.line, outcome: outcomeOf(op.answer), ends: true }) as const,
    ),
  ]
}

interface Grant extends Held {
  /** Answered. */
  to: number
}

/** Every lease that was given, by job. */
function grantsOf(ops: readonly Op[]): Map<number, Grant[]> {
  const claims = callsOf(ops, 'claim').flatMap(({ answer, to }) =>
    (answer ?? []).map(({ id, attempt, token }) => ({ id, attempt, token, to })),
  )
  const taken = callsOf(ops, 'takeOver').flatMap(({ answer, to }) => (answer === null || answer === 'lost' ? [] : [{ ...answer, to }]))
  return Map.groupBy([...claims, ...taken], ({ id }) => id)
}

function checkClaims({ ops, tell }: Known): void {
  const seen = new Map<string, string>()
  for (const { process, answer } of callsOf(ops, 'claim'))
    for (const { id, attempt } of answer ?? []) {
      const other = seen.get(`${id}-${attempt}`)
      if (other !== undefined) tell('I4', `attempt ${attempt} of job ${id} was given to ${other} and to ${process}`)
      seen.set(`${id}-${attempt}`, process)
    }
  const tokens = [...grantsOf(ops).values()].flat().map(({ id, token }) => `${token} of job ${id}`)
  for (const [token, same] of Map.groupBy(tokens, (one) => one)) if (same.length > 1) tell('I6', `lease token ${token} was given twice`)
}

function checkStarts({ ops, rows, facts, tell }: Known): void {
  const known = new Set(rows.attempts.map(({ jobId, attempt }) => `${jobId}-${attempt}`))
  const kept = new Set(rows.jobs.map(({ id }) => id))
  const starts = callsOf(ops, 'start')
  for (const { asked } of starts) {
    if (kept.has(asked.id) && !known.has(`${asked.id}-${asked.attempt}`))
      tell('I4', `job ${asked.id} was started as attempt ${asked.attempt}, which is not there`)
  }
  const begun = Map.groupBy(
    starts.filter(({ answer }) => answer === true),
    ({ asked }) => `${asked.id}-${asked.attempt}`,
  )
  for (const [name, same] of begun) if (same.length > 1) tell('I4', `attempt ${name} was started ${same.length} times`)
  for (const { id, attempts } of rows.jobs) {
    const own = rows.attempts.filter(({ jobId }) => jobId === id).map(({ attempt }) => attempt)
    if (facts.has(id) && own.join() !== Array.from({ length: attempts }, (_, index) => index + 1).join())
      tell('I4', `job ${id} counts ${attempts} attempts, and has ${own.join(', ') || 'none'}`)
  }
}

function checkDone({ tell }: Known, { op, held }: Write, grants: readonly Grant[]): void {
  const newer = grants.find(({ token, to }) => token > held.token && to < op.from)
  if (newer)
    tell(
      'I6',
      `${op.process} ${op.name} of job ${held.id} with lease token ${held.token} was carried out after ${newer.token} had been given`,
    )
}

/** Who is refused has lost the lease to somebody, or has ended the attempt himself; and nothing is carried out after its end. */
function checkRefused({ tell }: Known, writes: readonly Write[]): void {
  for (const ofToken of Map.groupBy(writes, ({ held }) => `${held.id} ${held.token}`).values()) {
    const ends = ofToken.filter(({ ends, outcome }) => ends && outcome !== 'lost')
    const done = ends.filter(({ outcome }) => outcome === 'done')
    if (done.length > 1) tell('I6', `lease token ${done[0]?.held.token} of job ${done[0]?.held.id} was ended ${done.length} times`)
    for (const { op, held, outcome } of ofToken) {
      if (outcome === 'lost' && !ends.some((end) => end.op !== op && end.op.from < op.to))
        tell('I6', `${op.process} ${op.name} of job ${held.id} with lease token ${held.token} was refused, and nobody had taken it`)
      if (outcome === 'done' && done.some((end) => end.op !== op && end.op.to < op.from))
        tell('I6', `${op.process} ${op.name} of job ${held.id} with lease token ${held.token} was carried out after its end`)
    }
  }
}

/** Each write leaves a line unlike any other: it is in the log once if it was carried out, and never if it was refused. */
function checkLinesWritten({ rows, tell }: Known, writes: readonly Write[]): void {
  const kept = new Set(rows.jobs.map(({ id }) => id))
  const counts = new Map<string, number>()
  for (const { body } of rows.blocks) if (body !== null) counts.set(lineIn(body), (counts.get(lineIn(body)) ?? 0) + 1)
  for (const { op, held, line, outcome } of writes) {
    if (line === null || !kept.has(held.id)) continue
    const times = counts.get(line) ?? 0
    if (outcome === 'lost' && times > 0) tell('I6', `${op.name} "${line}" of job ${held.id} was refused, and its line is in the log`)
    if (outcome === 'done' && times !== 1)
      tell('I7', `${op.name} "${line}" of job ${held.id} was carried out, and its line is in the log ${times} times`)
    if (times > 1) tell('I7', `"${line}" is in the log ${times} times`)
  }
  checkCheckpoints({ rows, tell }, writes)
}

// "…; queued again in 20 ms" is the store's own.
function lineIn(body: string): string {
  return body.split(';')[0] ?? body
}

function checkCheckpoints({ rows, tell }: Pick<Known, 'rows' | 'tell'>, writes: readonly Write[]): void {
  const saved = writes.filter(({ op }) => op.name === 'observe' && (op as Op<'observe'>).asked.checkpoint !== null)
  const byJob = Map.groupBy(saved, ({ held }) => held.id)
  for (const { jobId, value } of rows.checkpoints) {
    const own = byJob.get(jobId) ?? []
    const last = own.find(({ line }) => line === value)
    if (!last || last.outcome === 'lost') tell('I9', `the checkpoint of job ${jobId} is "${value}", which nobody saved`)
    else if (own.some(({ op, outcome }) => outcome === 'done' && op.from > last.op.to))
      tell('I9', `the checkpoint of job ${jobId} is "${value}", and there was a newer one`)
  }
}

/** Whoever failed by himself, and said nothing of it, is tried again only while his policy allows it. */
function checkPolicy({ ops, facts, tell }: Known): void {
  const resumed = Map.groupBy(
    callsOf(ops, 'retry').filter(({ asked }) => asked.fromCheckpoint),
    ({ asked }) => asked.id,
  )
  for (const { asked, answer, to } of callsOf(ops, 'finish')) {
    if (!isQueuedAgain(answer) || asked.end !== 'badly' || asked.said !== null) continue
    const most = facts.get(asked.id)?.mostAttempts ?? 1
    const counted = answer.attempts - answer.excused
    const wasResumed = (resumed.get(asked.id) ?? []).some((retry) => retry.from < to)
    if (counted >= most && !wasResumed) tell('I4', `job ${asked.id} was queued again after ${counted} attempts of ${most}`)
  }
}

function isQueuedAgain(answer: Fenced | null): answer is Exclude<Fenced, 'lost'> {
  return answer !== null && answer !== 'lost' && answer.state === 'queued'
}
