// What a runner saw of an attempt, in one fenced batch: its lines with their numbers, what it said, and which lines are kept no longer.

import { limits } from '../../core/limits.ts'
import { blocksToDrop, droppedWords, firstOfMiddle, type MeasuredBlock } from '../../core/log-bound.ts'
import { isSignOfLife } from '../../core/stall.ts'
import { number, toJob } from '../rows.ts'
import { firstRow, noWrites, type Row, type SqlDatabase, type Step } from '../sql-database.ts'
import { beginAttempt, observeAttempt } from '../statements/attempts.ts'
import * as claims from '../statements/claims.ts'
import { lockJob } from '../statements/jobs.ts'
import { bareBlocks, type DroppedLines, insertBlocks, insertDropped, removeBlocks } from '../statements/logs.ts'
import { wishes } from '../statements/notifications.ts'
import type { Fence, JobRecord, LeaseLost, LogBlock, Observation } from '../store.ts'
import { event, systemLine } from './record.ts'
import { tellSilence } from './telling.ts'

export function observe(database: SqlDatabase, options: { fence: Fence; seen: Observation; now: number }) {
  const { fence, seen } = options
  return database.batch<JobRecord | LeaseLost>(
    {
      locks: [lockJob(fence.jobId)],
      reads: [claims.leasedJob(fence), ([rows]) => oldestOfMiddle(rows?.[0], seen), () => (seen.stalled ? wishes() : null)],
      changes: 'lines',
      decide([rows = [], middle = [], wishRows = []]) {
        const [row] = rows
        if (!row) return noWrites('lease lost')
        const job = toJob(row)
        const { stalled } = seen
        const told = stalled ? tellSilence(job, { row, stalled, now: options.now }, wishRows) : []
        return { writes: [...observeWrites(job, options, middle), ...told], answer: ([changed]) => toJob(firstRow(changed)) }
      },
    },
    'supervisor',
  )
}

/** The first one returns the job's row. `middle`: blocks that may be taken out of its log. */
export function observeWrites(job: JobRecord, options: { fence: Fence; seen: Observation; now: number }, middle: Row[]): Step[] {
  const { fence, seen, now } = options
  const { begun, blocks } = seen
  const ours = oursOf(seen, now)
  const dropped = droppedOf(job, seen, middle)
  const writes: Step[] = [claims.observeJob({ fence, seen: withoutFalseBeat(job, seen), log: logAfter(job, seen, dropped), now })]
  if (dropped) {
    const { firstSeq, lineCount } = dropped.line
    writes.push(removeBlocks(job.id, firstSeq, firstSeq + lineCount - 1), insertDropped(job.id, dropped.line))
  }
  if (begun) writes.push(beginAttempt({ fence, begun }), event({ job, name: 'started', now: begun.at }))
  for (const [before, { text, at }] of ours.entries()) writes.push(systemLine(job, text, { now: at, before }))
  if (blocks.length > 0) writes.push(insertBlocks({ ...fence, afterSeq: job.logLines + ours.length, blocks }))
  if (saysOfAttempt(seen)) writes.push(observeAttempt(options))
  if (seen.checkpoint !== undefined) writes.push(claims.saveCheckpoint({ fence, value: JSON.stringify(seen.checkpoint.value), now }))
  return writes
}

/** How many lines it adds to the job's log. */
export function linesOf(seen: Observation): number {
  return seen.blocks.reduce((sum, block) => sum + block.lineCount, oursOf(seen, 0).length)
}

function oursOf({ begun, notes = [] }: Observation, now: number): { text: string; at: number }[] {
  return [...(begun ? [{ text: begun.line, at: begun.at }] : []), ...notes.map((text) => ({ text, at: now }))]
}

function withoutFalseBeat(job: JobRecord, seen: Observation): Observation {
  if (isSignOfLife(job.stall, seen.isBeat ?? false)) return seen
  const { heartbeatAt: _, ...others } = seen
  return others
}

function saysOfAttempt({ blocks, eventsBytes, saidError, saidNext, telemetry }: Observation): boolean {
  return blocks.length > 0 || eventsBytes !== undefined || saidError !== undefined || Boolean(saidNext) || Boolean(telemetry)
}

function oldestOfMiddle(row: Row | undefined, { keepBytes }: Observation) {
  const job = row && toJob(row)
  if (!job || keepBytes === undefined || job.logKept.middle === null || job.logKept.bytes <= keepBytes) return null
  return bareBlocks(job.id, job.logKept.middle, limits.droppedBlocks)
}

interface Dropped {
  line: DroppedLines
  /** Without those of lines that were out before. */
  bytes: number
}

// Only lines that are stored already: their text is read, and whoever follows has had his chance.
function droppedOf(job: JobRecord, { blocks, keepBytes }: Observation, middle: Row[]): Dropped | null {
  if (keepBytes === undefined) return null
  const isOut = (row: Row | undefined) => row !== undefined && row.dropped_stdout !== null
  const measured = middle.map(measure)
  const excess = job.logKept.bytes + bytesOf(blocks) - keepBytes
  const going = measured.slice(
    0,
    blocksToDrop(measured, (index) => isOut(middle[index]), excess),
  )
  const [first, last] = [middle[0], middle[going.length - 1]]
  // One that stands for lines already is no reason to write it anew.
  if (!first || !last || (going.length === 1 && isOut(first))) return null
  const whole = going.reduce(together)
  const before = isOut(first) ? total(going[0]) : 0
  const line = {
    firstSeq: number(first.first_seq),
    lineCount: whole.lineCount,
    attempt: number(first.attempt),
    ...whole.bytes,
    text: droppedWords(whole, job.spec.logBytes),
    at: number(last.at),
  }
  return { line, bytes: total(whole) - before }
}

function together(a: MeasuredBlock, b: MeasuredBlock): MeasuredBlock {
  const bytes = { stdout: a.bytes.stdout + b.bytes.stdout, stderr: a.bytes.stderr + b.bytes.stderr }
  return { lineCount: a.lineCount + b.lineCount, bytes }
}

function total(block: MeasuredBlock | undefined): number {
  return block ? block.bytes.stdout + block.bytes.stderr : 0
}

function measure(row: Row): MeasuredBlock {
  const length = number(row.byte_length)
  const lineCount = number(row.line_count)
  if (row.dropped_stdout !== null) return { lineCount, bytes: { stdout: number(row.dropped_stdout), stderr: number(row.dropped_stderr) } }
  return { lineCount, bytes: { stdout: row.stream === 1 ? length : 0, stderr: row.stream === 2 ? length : 0 } }
}

function logAfter(job: JobRecord, seen: Observation, dropped: Dropped | null): claims.LogAfter {
  const { blocks } = seen
  const ours = oursOf(seen, 0).length
  const bytes = bytesOf(blocks) - (dropped?.bytes ?? 0)
  return { lines: linesOf(seen), bytes, middle: middleAfter(job, blocks, ours), isDropped: dropped !== null }
}

function middleAfter(job: JobRecord, blocks: readonly LogBlock[], ours: number): number | null {
  const { bytes, middle } = job.logKept
  if (middle !== null) return middle
  const index = firstOfMiddle(
    blocks.map((block) => block.byteLength),
    bytes,
    job.spec.logBytes / 2,
  )
  return index === null ? null : blocks.slice(0, index).reduce((seq, block) => seq + block.lineCount, job.logLines + ours + 1)
}

function bytesOf(blocks: readonly LogBlock[]): number {
  return blocks.reduce((sum, block) => sum + block.byteLength, 0)
}
