// SQL about log blocks. The numbers come from jobs.log_lines, read in the same batch: one sequence per job, without gap (I7).
import sql, { bulk, join, type Sql } from 'sql-template-tag'
import type { Stream } from '../../core/job.ts'
import { streamNumber } from '../rows.ts'
import type { LogBlock } from '../store.ts'

export function insertBlocks(options: { jobId: number; attempt: number; afterSeq: number; blocks: readonly LogBlock[] }): Sql {
  let seq = options.afterSeq + 1
  const rows = options.blocks.map((block) => {
    const row = [
      options.jobId,
      seq,
      block.lineCount,
      options.attempt,
      streamNumber(block.stream),
      block.fileNumber,
      block.byteOffset,
      block.byteLength,
      block.at,
      block.body ?? null,
    ]
    seq += block.lineCount
    return row
  })
  return sql`insert into log_blocks (job_id, first_seq, line_count, attempt, stream, file_number, byte_offset, byte_length, at, body) values ${bulk(rows)}`
}

/** A line of ours. It is in no file, so its place in the sequence stands in for the offset. */
export function insertSystemLine(options: { jobId: number; attempt: number; afterSeq: number; text: string; now: number }): Sql {
  const { jobId, attempt, afterSeq, text, now } = options
  return sql`insert into log_blocks (job_id, first_seq, line_count, attempt, stream, byte_offset, byte_length, at, body)
    values (${jobId}, ${afterSeq + 1}, 1, ${attempt}, ${streamNumber('system')}, ${afterSeq}, ${byteLength(text)}, ${now}, ${text})`
}

/** A line that stands for lines that were taken out. */
export interface DroppedLines {
  firstSeq: number
  lineCount: number
  attempt: number
  stdout: number
  stderr: number
  text: string
  at: number
}

/** Put in place of blocks that `removeBlocks` takes away in the same batch. */
export function insertDropped(jobId: number, { firstSeq, lineCount, attempt, stdout, stderr, text, at }: DroppedLines): Sql {
  return sql`insert into log_blocks (job_id, first_seq, line_count, attempt, stream, byte_offset, byte_length, at, body, dropped_stdout, dropped_stderr)
    values (${jobId}, ${firstSeq}, ${lineCount}, ${attempt}, ${streamNumber('system')}, ${firstSeq - 1}, ${byteLength(text)}, ${at}, ${text}, ${stdout}, ${stderr})`
}

export function removeBlocks(jobId: number, firstSeq: number, lastSeq: number): Sql {
  return sql`delete from log_blocks where job_id = ${jobId} and first_seq >= ${firstSeq} and first_seq <= ${lastSeq}`
}

/** Blocks from a line that begins one on, oldest first; without their files. */
export function bareBlocks(jobId: number, firstSeq: number, limit: number): Sql {
  return sql`select * from log_blocks where job_id = ${jobId} and first_seq >= ${firstSeq} order by first_seq limit ${limit}`
}

/** Blocks that hold lines after a number, oldest first. The one before may reach into the range. */
export function blocksAfter(options: { jobId: number; after: number; streams?: readonly Stream[]; limit: number }): Sql {
  const { jobId, after, limit } = options
  const from = sql`coalesce((select max(first_seq) from log_blocks where job_id = ${jobId} and first_seq <= ${after + 1}), 0)`
  const range = sql`job_id = ${jobId} and first_seq >= ${from} and first_seq + line_count - 1 > ${after}`
  return withFiles(ofStreams(options.streams, range, sql`order by first_seq limit ${limit}`), sql`order by first_seq limit ${limit}`)
}

/** Blocks that hold lines before a number, newest first. */
export function blocksBefore(options: { jobId: number; before: number; streams?: readonly Stream[]; limit: number }): Sql {
  const { jobId, before, limit } = options
  const range = sql`job_id = ${jobId} and first_seq < ${before}`
  const last = sql`order by first_seq desc limit ${limit}`
  return withFiles(ofStreams(options.streams, range, last), last)
}

// A head of each stream: together they are walked neither through all blocks nor sorted, however little of the log a stream is.
function ofStreams(streams: readonly Stream[] | undefined, range: Sql, ordered: Sql): Sql {
  if (streams === undefined) return sql`select * from log_blocks where ${range} ${ordered}`
  const heads = [...new Set(streams)].map(
    (stream) => sql`select * from (select * from log_blocks where stream = ${streamNumber(stream)} and ${range} ${ordered}) as of_stream`,
  )
  return join(heads, ' union all ')
}

// Where the text is, and what has become of it since.
function withFiles(blocks: Sql, ordered: Sql): Sql {
  return sql`select blocks.*, attempts.folder, attempts.sealed, attempts.stdout_file, attempts.stdout_bytes, attempts.stdout_hole_at, attempts.stdout_hole_bytes,
      attempts.stderr_file, attempts.stderr_bytes, attempts.stderr_hole_at, attempts.stderr_hole_bytes
    from (${blocks}) as blocks left join attempts on attempts.job_id = blocks.job_id and attempts.attempt = blocks.attempt ${ordered}`
}

/** The files of a settled job hold nothing any more that was taken out. */
export function markSealed(jobId: number): Sql {
  return sql`update jobs set log_unsealed = 0 where id = ${jobId}`
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}
