// Row ↔ noun: every column is read once, here. What the database cannot promise is asserted.
import { noArtifacts } from '../core/artifact.ts'
import type { Attempt, AttemptState, Hold, JobEvent, JobFlag, JobSpec, JobState, Json, LockMode, StopReason, Stream } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { unlimited } from '../core/process-limits.ts'
import { mostAttempts } from '../core/retry.ts'
import type { Row } from './sql-database.ts'
import type { AttemptRecord, JobRecord, LogFile, LogFiles, RunnerRecord, ScheduleRecord, StoredBlock } from './store.ts'

const holds: readonly Hold[] = ['ready', 'time', 'key', 'job', 'kind paused']
const streams: readonly Stream[] = ['stdout', 'stderr', 'system']

/** A job as lists carry it: long values left out, and said so. */
export function toListedJob(row: Row): JobRecord {
  const isLong = (value: unknown) => typeof value === 'string' && value.length > limits.listedValue
  const omitted = (['input', 'result'] as const).filter((name) => isLong(row[name]))
  const nulls = Object.fromEntries(omitted.map((name) => [name, null]))
  return { ...toJob({ ...row, ...nulls }), omitted }
}

export function toJob(row: Row): JobRecord {
  const spec = toSpec(row.spec)
  return {
    id: number(row.id),
    kind: string(row.kind),
    name: stringOrNull(row.name),
    queue: string(row.queue),
    state: string(row.state) as JobState,
    hold: holds[number(row.hold)] ?? 'ready',
    priority: number(row.priority),
    uniqueKey: stringOrNull(row.unique_key),
    input: parse(row.input),
    result: parse(row.result),
    omitted: [],
    command: spec.run.type === 'command' ? spec.run.argv : null,
    submittedBy: stringOrNull(row.submitted_by),
    schedule: stringOrNull(row.schedule),
    submittedAt: number(row.submitted_at),
    availableAt: number(row.available_at),
    expireAt: numberOrNull(row.expire_at),
    waitingFor: null,
    locks: spec.locks,
    timeoutMs: spec.timeoutMs,
    limits: spec.limits,
    startedAt: numberOrNull(row.started_at),
    finishedAt: numberOrNull(row.finished_at),
    attempts: number(row.attempts),
    mostAttempts: mostAttempts(spec.retry),
    exitCode: numberOrNull(row.exit_code),
    signal: stringOrNull(row.signal),
    failure: parse(row.failure) as unknown as JobRecord['failure'],
    stopReason: stringOrNull(row.stop_reason) as StopReason | null,
    stopWhy: stringOrNull(row.stop_why),
    stopAskedBy: stringOrNull(row.stop_asked_by),
    flags: [...toFlags(row.flags), ...(row.stalled === null ? [] : (['stalled'] as const))],
    progress: parse(row.progress) as unknown as JobRecord['progress'],
    saved: parse(row.saved) as unknown as JobRecord['saved'],
    heartbeatAt: numberOrNull(row.heartbeat_at),
    stall: spec.stall,
    stalled: parse(row.stalled) as unknown as JobRecord['stalled'],
    waitedAt: numberOrNull(row.waited_at),
    logLines: number(row.log_lines),
    artifacts: spec.artifacts,
    fingerprint: stringOrNull(row.fingerprint),
    version: number(row.version),
    spec,
    leaseToken: number(row.lease_token),
    runnerId: stringOrNull(row.runner_id),
    attemptsExcused: number(row.attempts_excused),
    interruptions: number(row.interruptions),
    fromCheckpoint: number(row.from_checkpoint) === 1,
    lockCount: number(row.locks),
    parkedKey: numberOrNull(row.parked_key),
    logKept: { bytes: number(row.log_bytes), middle: numberOrNull(row.log_middle) },
  }
}

// A job of before a field was there reads as one that does not use it.
function toSpec(text: unknown): JobSpec {
  const newer: Partial<JobSpec> = { locks: [], retry: null, safeToRepeat: false, ...noArtifacts, ...unlimited }
  return { ...newer, ...(parse(text) as unknown as JobSpec) }
}

function toFlags(text: unknown): JobFlag[] {
  return string(text)
    .split(' ')
    .filter((flag) => flag !== '') as JobFlag[]
}

export function toAttempt(row: Row): AttemptRecord {
  return {
    ...toPublicAttempt(row),
    folder: string(row.folder),
    files: toFiles(row),
    processStartedAt: stringOrNull(row.process_started_at),
    eventsBytes: number(row.events_bytes),
    saidError: stringOrNull(row.said_error),
    saidNext: parse(row.said_next) as unknown as AttemptRecord['saidNext'],
  }
}

export function toFiles(row: Row): LogFiles {
  return {
    attempt: number(row.attempt),
    folder: string(row.folder),
    sealed: number(row.sealed),
    stdout: toFile(row, 'stdout'),
    stderr: toFile(row, 'stderr'),
  }
}

function toFile(row: Row, stream: 'stdout' | 'stderr'): LogFile {
  const hole = { at: number(row[`${stream}_hole_at`]), bytes: number(row[`${stream}_hole_bytes`]) }
  return { fileNumber: number(row[`${stream}_file`]), bytes: number(row[`${stream}_bytes`]), hole }
}

export function toPublicAttempt(row: Row): Attempt {
  return {
    attempt: number(row.attempt),
    state: string(row.state) as AttemptState,
    protocol: number(row.protocol),
    runnerId: string(row.runner_id),
    hostId: string(row.host_id),
    bootId: string(row.boot_id),
    pid: numberOrNull(row.pid),
    startedAt: number(row.started_at),
    finishedAt: numberOrNull(row.finished_at),
    adoptedAt: numberOrNull(row.adopted_at),
    exitCode: numberOrNull(row.exit_code),
    signal: stringOrNull(row.signal),
    failure: parse(row.failure) as unknown as Attempt['failure'],
    telemetry: parse(row.telemetry) as unknown as Attempt['telemetry'],
  }
}

export function toEvent(row: Row): JobEvent {
  return { version: number(row.version), at: number(row.at), name: string(row.name), by: stringOrNull(row.by), details: parse(row.details) }
}

/** A block, with the columns of its attempt that say where its text is. */
export function toBlock(row: Row): StoredBlock {
  const stream = streams[number(row.stream) - 1] ?? 'system'
  const fileNumber = number(row.file_number)
  // A line of ours may be of before the first attempt.
  const file = row.folder === null || stream === 'system' ? null : toFile(row, stream)
  const byteOffset = number(row.byte_offset)
  return {
    attempt: number(row.attempt),
    folder: stringOrNull(row.folder) ?? '',
    stream,
    firstSeq: number(row.first_seq),
    lineCount: number(row.line_count),
    fileNumber,
    byteOffset: file && byteOffset >= file.hole.at ? byteOffset - file.hole.bytes : byteOffset,
    byteLength: number(row.byte_length),
    at: number(row.at),
    sealed: numberOrNull(row.sealed) ?? 0,
    body: stringOrNull(row.body),
    dropped: row.dropped_stdout === null ? null : { stdout: number(row.dropped_stdout), stderr: number(row.dropped_stderr) },
    isGone: file !== null && fileNumber < file.fileNumber,
  }
}

export function streamNumber(stream: Stream): number {
  return streams.indexOf(stream) + 1
}

export function toRunner(row: Row): RunnerRecord {
  return {
    runnerId: string(row.id),
    hostId: string(row.host_id),
    bootId: string(row.boot_id),
    pid: number(row.pid),
    startedAt: number(row.started_at),
    leaseUntil: number(row.lease_until),
    kinds: parse(row.kinds) as string[],
  }
}

/** Kinds that some registered runner claims. */
export function knownKinds(runners: readonly Row[]): Set<string> {
  return new Set(runners.flatMap((row) => toRunner(row).kinds))
}

export function toMode(value: unknown): LockMode {
  return number(value) === 2 ? 'exclusive' : 'shared'
}

export function toSchedule(row: Row): ScheduleRecord {
  return {
    name: string(row.name),
    kind: string(row.kind),
    cron: string(row.cron),
    timeZone: string(row.time_zone),
    input: parse(row.input),
    missed: string(row.missed) as ScheduleRecord['missed'],
    pausedAt: numberOrNull(row.paused_at),
    pausedBy: stringOrNull(row.paused_by),
    nextAt: numberOrNull(row.next_at),
    lastAt: numberOrNull(row.last_at),
    lastJobId: numberOrNull(row.last_job_id),
    trouble: stringOrNull(row.trouble),
    version: number(row.version),
  }
}

export function number(value: unknown): number {
  if (typeof value !== 'number') throw new Error(`The database holds ${JSON.stringify(value)} where a number belongs.`)
  return value
}

export function numberOrNull(value: unknown): number | null {
  return value === null ? null : number(value)
}

export function string(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`The database holds ${JSON.stringify(value)} where text belongs.`)
  return value
}

export function stringOrNull(value: unknown): string | null {
  return value === null ? null : string(value)
}

export function parse(value: unknown): Json {
  return value === null ? null : (JSON.parse(string(value)) as Json)
}
