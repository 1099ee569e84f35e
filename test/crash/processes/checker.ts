// The offline checker: what a campaign left, against the promises of DESIGN §2. Pure; the product's own rules are not used here.
import type { JobState } from '../../../src/core/job.ts'
import { checkKeys } from './check-keys.ts'
import { checkLines } from './check-lines.ts'
import type { Evidence, JobRow } from './evidence.ts'
import { mostAttempts } from './kinds.ts'

export interface Violation {
  promise: string
  what: string
}

export type Tell = (promise: string, what: string) => void

export function check(evidence: Evidence): Violation[] {
  const violations: Violation[] = []
  const tell: Tell = (promise, what) => violations.push({ promise, what })
  checkAnswers(evidence, tell)
  checkKeys(evidence, tell)
  checkStarts(evidence, tell)
  checkChanges(evidence, tell)
  checkOutcomes(evidence, tell)
  checkLines(evidence, tell)
  checkSnapshots(evidence, tell)
  for (const job of evidence.stuck) tell('I1 I11', `job ${job} never came to its end`)
  if (evidence.bystander !== 'lives') tell('I12', 'a process that belongs to no job was signalled')
  for (const what of evidence.left) tell('I13', `${what} is left`)
  for (const what of evidence.crashes) tell('no crash', what)
  return violations
}

const settledStates: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled', 'interrupted', 'expired'])

function checkAnswers({ answers, jobs }: Evidence, tell: Tell): void {
  const byId = new Map(jobs.map((job) => [job.id, job]))
  for (const { what, job } of answers) if (!byId.has(job)) tell('I1', `job ${job} was ${what}, and is not there`)
  for (const { id, state } of jobs) if (!settledStates.has(state)) tell('I1', `job ${id} is ${state}`)
}

/** How often somebody asked for another try of a job. He may not have been heard. */
function retriesAsked({ answers }: Evidence): Map<number, number> {
  const asked = new Map<number, number>()
  for (const { what, job } of answers) if (what === 'retrying') asked.set(job, (asked.get(job) ?? 0) + 1)
  return asked
}

function checkStarts(evidence: Evidence, tell: Tell): void {
  const { stamps, attempts, jobs } = evidence
  const starts = new Map<string, number>()
  for (const { what, job, attempt } of stamps)
    if (what === 'start') starts.set(`${job}.${attempt}`, (starts.get(`${job}.${attempt}`) ?? 0) + 1)
  for (const [name, count] of starts) if (count > 1) tell('I4', `attempt ${name} was started ${count} times`)
  const known = new Set(attempts.map(({ job, attempt }) => `${job}.${attempt}`))
  for (const name of starts.keys()) if (!known.has(name)) tell('I4', `attempt ${name} was started and is not recorded`)
  for (const { job, attempt, exitCode } of attempts)
    if (exitCode !== null && exitCode < 126 && !starts.has(`${job}.${attempt}`))
      tell('I4', `attempt ${job}.${attempt} ended without a start`)
  const asked = retriesAsked(evidence)
  for (const { id, kind, attempts: count } of jobs) {
    const allowed = mostAttemptsOf(kind) * (1 + (asked.get(id) ?? 0))
    if (count > allowed) tell('I4', `job ${id} had ${count} attempts, ${allowed} were allowed`)
  }
}

// A function that dies with its runner is tried again, twice at most.
function mostAttemptsOf(kind: string): number {
  return kind === 'again' ? mostAttempts : kind === 'inline' ? 3 : 1
}

// By the triggers, which saw each change of a state or a lease token as it was made.
function checkChanges(evidence: Evidence, tell: Tell): void {
  const asked = retriesAsked(evidence)
  const leftSettled = new Map<number, number>()
  for (const { job, from, to, tokenFrom, token } of evidence.changes) {
    if (token < tokenFrom) tell('I6', `the lease token of job ${job} went from ${tokenFrom} back to ${token}`)
    if (from === null || !settledStates.has(from) || from === to) continue
    if (to !== 'queued') tell('I5', `job ${job} was ${from} and then ${to}`)
    leftSettled.set(job, (leftSettled.get(job) ?? 0) + 1)
  }
  for (const [job, count] of leftSettled)
    if (count > (asked.get(job) ?? 0))
      tell('I5', `job ${job} was settled ${count + 1} times, and asked for again ${asked.get(job) ?? 0} times`)
}

/** A job of which nobody killed a process ends as one that nobody disturbed, whatever became of runners and web apps. */
function checkOutcomes(evidence: Evidence, tell: Tell): void {
  const { stamps, jobs, attempts, touched, answers } = evidence
  const said = new Map(stamps.filter(({ what }) => what === 'stop').map(({ job, attempt, code }) => [`${job}.${attempt}`, code]))
  const kinds = new Map(jobs.map(({ id, kind }) => [id, kind]))
  for (const { job, attempt, exitCode } of attempts) {
    const code = said.get(`${job}.${attempt}`)
    // What a function has done is not known when its process dies a moment later.
    const isUnseen = exitCode === null && kinds.get(job) === 'inline'
    if (code !== undefined && !touched.has(job) && exitCode !== code && !isUnseen)
      tell('I5', `attempt ${job}.${attempt} ended with ${code}, and ${exitCode} was recorded`)
  }
  const cancelled = new Set(answers.filter(({ what }) => what === 'cancelled').map(({ job }) => job))
  const retried = retriesAsked(evidence)
  for (const job of jobs) {
    if (touched.has(job.id) || retried.has(job.id)) continue
    const wanted = outcomeOf(job)
    // A cancel may come when it has ended; one whose asker was killed leaves only its reason.
    const isCancelled = job.state === 'cancelled' && (cancelled.has(job.id) || job.stopReason === 'cancel' || job.kind === 'stubborn')
    const isPoison = job.kind === 'inline' && job.state === 'failed' && job.attempts === 3
    if (job.state !== wanted && !isCancelled && !isPoison)
      tell('I1 I5', `job ${job.id} (${job.kind}) is ${job.state} and should be ${wanted}`)
    const reason = reasonOf[job.kind]
    if (reason !== undefined && job.state === 'failed' && job.failureKind !== reason)
      tell('I11', `job ${job.id} (${job.kind}) failed for ${job.failureKind} and should have for ${reason}`)
  }
}

/** Kinds that take more than they may, and what their failure is called. */
const reasonOf: Partial<Record<string, string>> = { timed: 'timeout', hungry: 'limit', busy: 'limit' }

function outcomeOf({ kind, asked }: JobRow): JobState {
  if (reasonOf[kind] !== undefined) return 'failed'
  if (kind === 'again') return asked.goodAt <= mostAttempts ? 'succeeded' : 'failed'
  return asked.exit === 0 ? 'succeeded' : 'failed'
}

function checkSnapshots({ snapshots, jobs, torn }: Evidence, tell: Tell): void {
  for (const what of torn) tell('I8', `a reader saw ${what}`)
  const states = new Map(jobs.map(({ id, state }) => [id, state]))
  for (const artifact of new Set(snapshots.map((snapshot) => snapshot.artifact))) {
    const all = snapshots.filter((snapshot) => snapshot.artifact === artifact)
    // Of what was asked for last, whenever it was done; nobody rolls back here.
    const [newest] = [...all].sort((a, b) => b.job - a.job || b.number - a.number)
    const current = all.filter(({ isCurrent }) => isCurrent)
    if (current.length !== 1 || current[0] !== newest)
      tell('I8', `snapshots ${current.map(({ number }) => number)} of ${artifact} are current, and ${newest?.number} should be`)
    for (const { number, job, contents } of all) {
      const name = `snapshot ${number} of ${artifact}`
      if (states.get(job) !== 'succeeded') tell('I8', `${name} is of job ${job}, which is ${states.get(job)}`)
      const written = contents[0]?.split(' ')[1] ?? ''
      if (contents.join() !== ['a', 'b', 'c'].map((file) => `${file} ${written}`).join() || Number(written.split('.')[0]) !== job)
        tell('I8', `${name} of job ${job} holds ${contents}`)
    }
  }
}
