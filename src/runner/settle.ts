// The last step of an attempt: from what was seen to one fenced batch that settles the job, and tidying up behind it.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { failureOf, interruptedFailure, signalOfExitCode } from '../core/failure.ts'
import type { Failure, LogLine } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { oneLine } from '../core/one-line.ts'
import { closedProgress } from '../core/progress.ts'
import { attemptFiles } from '../launch/shim.ts'
import type { AttemptEnd, Claimed, JobRecord, NewSnapshot } from '../store/store.ts'
import type { House } from './house.ts'
import { LeaseLostError } from './log-writer.ts'
import { linkCurrent, prepareSnapshots } from './publisher.ts'
import { readLog } from './read-log.ts'

/** How the attempt's process ended, as it was seen. */
export type SeenEnd =
  | { end: 'exit'; exitCode: number; exitedAt: number | null; leftovers: boolean }
  | { end: 'refused'; exitCode: number; message: string }
  | { end: 'vanished'; message: string }

/** @throws LeaseLostError when somebody else looks after the job now */
export async function settle(house: House, claimed: Claimed, seen: SeenEnd): Promise<JobRecord> {
  const { job, attempt } = claimed
  const end = await endOf(house, claimed, seen)
  const settled = await house.store.claims.finish({ fence: { jobId: job.id, attempt: attempt.attempt, leaseToken: job.leaseToken }, end })
  if (settled === 'lease lost') throw new LeaseLostError()
  await afterwards(house, claimed, end)
  house.logger.info(`job ${job.id} ${settled.state}`, { job: job.id, kind: job.kind, state: settled.state, exitCode: settled.exitCode })
  return settled
}

// The job is settled; what is left to do is done again by the next sweep if it fails here.
async function afterwards(house: House, claimed: Claimed, end: AttemptEnd): Promise<void> {
  try {
    for (const snapshot of end.published) await linkCurrent(house, snapshot.artifact)
    tidy(house, claimed, end)
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
  const common = { progress: closedProgress(job.progress, now), published: [] as NewSnapshot[], now }
  const phase = job.progress?.phase?.name ?? null
  if (seen.end === 'vanished') {
    const failure = interruptedFailure(seen.message, phase)
    return {
      ...common,
      happening: 'process gone without an exit record',
      exitCode: null,
      signal: null,
      failure,
      line: `ended unseen: ${seen.message}`,
    }
  }
  if (seen.end === 'refused') {
    const failure: Failure = { kind: 'launch', message: oneLine(seen.message), exitCode: seen.exitCode, lastLines: [], logSeq: null }
    return { ...common, happening: 'ended badly', exitCode: seen.exitCode, signal: null, failure, line: seen.message }
  }
  return { ...common, ...(await endOfExit(house, claimed, seen)) }
}

type ExitEnd = Omit<AttemptEnd, 'progress' | 'now'>

async function endOfExit(house: House, claimed: Claimed, { exitCode, leftovers }: SeenEnd & { end: 'exit' }): Promise<ExitEnd> {
  const leftBehind = leftovers ? ', processes it left behind were stopped' : ''
  if (exitCode === 0) {
    const prepared = await prepareSnapshots(house.folder, claimed)
    if ('snapshots' in prepared) {
      return {
        happening: 'ended well',
        exitCode,
        signal: null,
        failure: null,
        line: `exit 0${publishedWords(prepared.snapshots)}${leftBehind}`,
        published: prepared.snapshots,
      }
    }
    const failure: Failure = { kind: 'publish', message: oneLine(`Output refused: ${prepared.refused}`), lastLines: [], logSeq: null }
    return {
      happening: 'ended well, output refused',
      exitCode,
      signal: null,
      failure,
      line: `exit 0, output refused: ${prepared.refused}`,
      published: [],
    }
  }
  const signal = signalOfExitCode(exitCode)
  const failure = await failureFromLog(house, claimed, { exitCode, signal })
  return {
    happening: 'ended badly',
    exitCode,
    signal,
    failure,
    line: `exit ${exitCode}${signal ? ` (${signal})` : ''}${leftBehind}`,
    published: [],
  }
}

async function failureFromLog(house: House, { job, attempt }: Claimed, end: { exitCode: number; signal: string | null }): Promise<Failure> {
  const lastOf = (stream: 'stdout' | 'stderr') =>
    readLog(house.store, house.folder, { jobId: job.id, before: job.logLines + 1, limit: limits.failureLines * 3, streams: [stream] })
  const ofThisAttempt = (lines: LogLine[]) => lines.filter((line) => line.attempt === attempt.attempt)
  const stderr = ofThisAttempt(await lastOf('stderr'))
  const lastLines = stderr.length > 0 ? stderr : ofThisAttempt(await lastOf('stdout'))
  return failureOf({
    ...end,
    phase: job.progress?.phase?.name ?? null,
    saidError: attempt.saidError,
    lastLines,
    program: job.command?.[0] ?? null,
  })
}

function publishedWords(published: readonly NewSnapshot[]): string {
  return published.length === 0 ? '' : `, published ${published.map((snapshot) => snapshot.artifact).join(', ')}`
}

// What only the running attempt needed. A refused output is kept for a look.
function tidy(house: House, { job, attempt }: Claimed, end: AttemptEnd): void {
  const remove = (path: string) => rmSync(path, { recursive: true, force: true })
  if (end.happening !== 'ended well, output refused') remove(join(house.folder.attempts, attempt.folder, attemptFiles.staging))
  if (job.spec.environmentFile !== null) remove(join(house.folder.environments, job.spec.environmentFile))
}
