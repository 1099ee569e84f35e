// The last step of an attempt: from what was seen to one fenced batch that settles the job, and tidying up behind it.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { failureOf, interruptedFailure, signalOfExitCode } from '../core/failure.ts'
import type { Failure, LogLine } from '../core/job.ts'
import { kernelKill } from '../core/kernel-kill.ts'
import { limits } from '../core/limits.ts'
import { maskFailure } from '../core/mask-said.ts'
import { oneLine } from '../core/one-line.ts'
import { closedProgress } from '../core/progress.ts'
import { attemptFiles } from '../launch/attempt-files.ts'
import type { AttemptEnd, Claimed, JobRecord, NewSnapshot, Observation } from '../store/store.ts'
import type { House } from './house.ts'
import { linkCurrent } from './link-current.ts'
import { LeaseLostError } from './log-writer.ts'
import { prepareSnapshots } from './publisher.ts'
import { readLog } from './read-log.ts'

/** How the attempt's process ended, as it was seen. `unproven`: nobody of it is seen any more, and that is no proof. */
export type SeenEnd =
  | { end: 'exit'; exitCode: number; exitedAt: number | null; leftovers: 'none' | 'killed' | 'waited for'; unproven?: boolean }
  | { end: 'refused'; exitCode: number; message: string }
  | { end: 'vanished'; message: string; unproven?: boolean }
  /** A function that was asked to stop has settled. */
  | { end: 'stopped'; message: string }

/** `rest`: what was seen of it and is not stored yet. @throws LeaseLostError when somebody else looks after the job now */
export async function settle(house: House, claimed: Claimed, seen: SeenEnd, rest?: Observation): Promise<JobRecord> {
  const { job, attempt } = claimed
  const end = withoutSecrets(house, await endOf(house, claimed, seen))
  // Before anything is written: what it was making may be what fills the disk, and whoever is killed in between leaves nothing.
  // What is published has been moved by now. A refused output is kept for a look.
  if (end.end === 'well, output refused') await assertHeld(house, claimed)
  else await clearOutput(house, claimed)
  const fence = { jobId: job.id, attempt: attempt.attempt, leaseToken: job.leaseToken }
  house.onEnding?.()
  const settled = await house.store.claims.finish({ fence, end, ...(rest ? { seen: rest } : {}) })
  if (settled === 'lease lost') throw new LeaseLostError()
  await afterwards(house, claimed, end)
  house.logger.info(`job ${job.id} ${settled.state}`, { job: job.id, kind: job.kind, state: settled.state, exitCode: settled.exitCode })
  return settled
}

/**
 * To be called as soon as nobody will publish what it was making: that may be what fills the disk, and nothing it said last could be stored before
 * it is gone. Where it cannot be done now, `settle` does it. @throws LeaseLostError
 */
export async function clearFutile(house: House, claimed: Claimed): Promise<void> {
  if (claimed.job.spec.artifacts.length === 0) return
  try {
    await clearOutput(house, claimed)
  } catch (error) {
    if (error instanceof LeaseLostError) throw error
  }
}

async function clearOutput(house: House, claimed: Claimed): Promise<void> {
  await assertHeld(house, claimed)
  house.launcher.clear(join(house.folder.attempts, claimed.attempt.folder))
}

// Most of it was taken from lines that were without them already; what the app itself says of an output was not.
function withoutSecrets({ masks }: House, end: AttemptEnd): AttemptEnd {
  const mask = masks?.now()
  return mask ? { ...end, line: mask.text(end.line), failure: end.failure && maskFailure(mask, end.failure) } : end
}

// Where there is something to publish, whoever took the job over is at work in that very folder.
async function assertHeld({ store }: House, { job }: Claimed): Promise<void> {
  if (job.spec.artifacts.length === 0) return
  const now = await store.jobs.get({ id: job.id })
  if (now?.leaseToken !== job.leaseToken) throw new LeaseLostError()
}

// The job is settled; what is left to do is done again by the next sweep if it fails here.
async function afterwards(house: House, claimed: Claimed, end: AttemptEnd): Promise<void> {
  try {
    for (const snapshot of end.published) await linkCurrent(house, snapshot.artifact)
    tidy(house, claimed)
  } catch (error) {
    house.logger.warn(`could not tidy up after job ${claimed.job.id}: ${error}`)
  }
}

async function endOf(house: House, claimed: Claimed, seen: SeenEnd): Promise<AttemptEnd> {
  const { job } = claimed
  // A job that ended while nobody looked ended then, not when somebody came to look.
  const now = Math.max(
    claimed.attempt.startedAt,
    Math.min(house.clock.now(), (seen.end === 'exit' ? seen.exitedAt : null) ?? house.clock.now()),
  )
  const common = {
    progress: closedProgress(job.progress, now),
    published: [] as NewSnapshot[],
    random: house.random(),
    unproven: 'unproven' in seen && seen.unproven === true,
    now,
  }
  const { saidNext } = claimed.attempt
  if (seen.end === 'vanished') {
    return { ...common, saidNext, ...(await endOfVanished(house, claimed, seen.message)) }
  }
  if (seen.end === 'stopped') return { ...common, ...endOfStopped(seen.message), exitCode: null, saidNext }
  if (seen.end === 'refused') {
    const failure: Failure = { kind: 'launch', message: oneLine(seen.message), exitCode: seen.exitCode, lastLines: [], logSeq: null }
    return { ...common, end: 'badly', exitCode: seen.exitCode, signal: null, failure, saidNext, line: seen.message }
  }
  const ended = seen.exitCode === 0 ? await endOfSuccess(house, claimed) : await endOfFailure(house, claimed, seen.exitCode)
  return { ...common, exitCode: seen.exitCode, saidNext, ...ended, line: `${ended.line}${leftoverWords[seen.leftovers]}` }
}

const leftoverWords = {
  none: '',
  killed: ', processes it left behind were stopped',
  'waited for': ', processes it left behind are gone',
}

type Ended = Pick<AttemptEnd, 'end' | 'failure' | 'signal' | 'line'> & { published?: NewSnapshot[] }

// Where the kernel took its shim as well, because it used more than it may, that is known to be its failure.
async function endOfVanished(house: House, claimed: Claimed, message: string): Promise<Ended & { exitCode: null }> {
  const { lines, logSeq } = await lastWords(house, claimed)
  const lastLines = lines.slice(-limits.failureLines).map(({ text }) => oneLine(text))
  const named = await byKernel(house, claimed, null)
  const unseen = interruptedFailure(named?.message ?? message, claimed.job.progress?.phase?.name ?? null)
  const failure = { ...unseen, ...(named?.kind === 'limit' ? named : {}), lastLines, logSeq }
  const line = `ended unseen: ${failure.message}`
  return { end: named?.kind === 'limit' ? 'badly' : 'unseen', exitCode: null, signal: null, failure, line }
}

// By a runner that was killed before it had written down that it was stopped.
function wasCleared({ folder }: House, { job, attempt }: Claimed): boolean {
  return job.state === 'stopping' && job.spec.validates && !existsSync(join(folder.attempts, attempt.folder, attemptFiles.staging))
}

function endOfStopped(message: string): Ended {
  const failure: Failure = { kind: 'interrupted', message: oneLine(`Stopped: ${message}`), lastLines: [], logSeq: null }
  return { end: 'badly', signal: null, failure, line: 'stopped' }
}

async function endOfSuccess(house: House, claimed: Claimed): Promise<Ended> {
  // Who will go on later has finished nothing that could be published.
  if (claimed.attempt.saidNext?.next === 'snooze') return { end: 'well', failure: null, signal: null, line: 'exit 0, snoozed' }
  const prepared = await prepareSnapshots(house, claimed)
  if ('snapshots' in prepared) return { end: 'well', failure: null, signal: null, line: 'exit 0', published: prepared.snapshots }
  if ('stopped' in prepared) return endOfStopped(prepared.stopped)
  if (wasCleared(house, claimed)) return endOfStopped('it was asked to while its output was looked at')
  const hint = `What it wrote is kept in ${join('attempts', claimed.attempt.folder, 'staging')} of the data folder.`
  const failure: Failure = { kind: 'publish', message: oneLine(`Output refused: ${prepared.refused}`), hint, lastLines: [], logSeq: null }
  return { end: 'well, output refused', failure, signal: null, line: `exit 0, output refused: ${prepared.refused}` }
}

async function endOfFailure(house: House, claimed: Claimed, exitCode: number): Promise<Ended> {
  const signal = signalOfExitCode(exitCode)
  const failure = await failureFromLog(house, claimed, { exitCode, signal })
  return { end: 'badly', failure, signal, line: `exit ${exitCode}${signal ? ` (${signal})` : ''}` }
}

async function failureFromLog(house: House, claimed: Claimed, end: { exitCode: number; signal: string | null }): Promise<Failure> {
  const { job, attempt } = claimed
  const { lines: lastLines } = await lastWords(house, claimed)
  const failure = failureOf({
    ...end,
    phase: job.progress?.phase?.name ?? null,
    saidError: attempt.saidError,
    lastLines,
    program: job.command?.[0] ?? null,
  })
  return { ...failure, ...(await byKernel(house, claimed, end.exitCode)) }
}

// Many tools print their errors to stdout. Of each stream by itself: what one prints much of does not push out the other.
async function lastWords(house: House, { job, attempt }: Claimed): Promise<{ lines: LogLine[]; logSeq: number | null }> {
  const lastOf = (stream: 'stdout' | 'stderr') =>
    readLog(house, { jobId: job.id, before: job.logLines + 1, limit: limits.failureRead, streams: [stream] })
  const both = [...(await lastOf('stderr')), ...(await lastOf('stdout'))]
  const lines = both.filter((line) => line.attempt === attempt.attempt).sort((a, b) => a.seq - b.seq)
  return { lines, logSeq: lines.at(-1)?.seq ?? null }
}

// Asked only where it could be: exit code 137, SIGXCPU, or none at all.
async function byKernel(house: House, { job, attempt }: Claimed, exitCode: number | null) {
  const outOfMemory = exitCode === null || exitCode === 137 ? house.launcher.outOfMemory(join(house.folder.attempts, attempt.folder)) : 'no'
  const appliesMemory = outOfMemory === 'yes' && (await house.launcher.facilities()).limitsMemory
  return kernelKill({ exitCode, outOfMemory, limits: job.spec.limits, appliesMemory })
}

// What only the running attempt needed.
function tidy(house: House, { job }: Claimed): void {
  if (job.spec.environmentFile !== null) rmSync(join(house.folder.environments, job.spec.environmentFile), { force: true })
}
