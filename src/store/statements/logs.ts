// SQL about log blocks. The numbers come from jobs.log_lines, read in the same batch: one sequence per job, without gap (I7).
import sql, { bulk, empty, join, type Sql } from 'sql-template-tag'
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
    ]
    seq += block.lineCount
    return row
  })
  return sql`insert into log_blocks (job_id, first_seq, line_count, attempt, stream, file_number, byte_offset, byte_length, at) values ${bulk(rows)}`
}

/** A line of ours. It is in no file, so its place in the sequence stands in for the offset. */
export function insertSystemLine(options: { jobId: number; attempt: number; afterSeq: number; text: string; now: number }): Sql {
  const { jobId, attempt, afterSeq, text, now } = options
  return sql`insert into log_blocks (job_id, first_seq, line_count, attempt, stream, byte_offset, byte_length, at, body)
    values (${jobId}, ${afterSeq + 1}, 1, ${attempt}, ${streamNumber('system')}, ${afterSeq}, ${new TextEncoder().encode(text).length}, ${now}, ${text})`
}

/** Blocks that hold lines after a number, oldest first. The one before may reach into the range. */
export function blocksAfter(options: { jobId: number; after: number; streams?: readonly Stream[]; limit: number }): Sql {
  const { jobId, after, limit } = options
  return sql`select *, ${isGone}, ${ofFolder} from log_blocks where job_id = ${jobId} and first_seq + line_count - 1 > ${after}
    and first_seq >= coalesce((select max(first_seq) from log_blocks where job_id = ${jobId} and first_seq <= ${after + 1}), 0)
    ${onlyStreams(options.streams)} order by first_seq limit ${limit}`
}

/** Blocks that hold lines before a number, newest first. */
export function blocksBefore(options: { jobId: number; before: number; streams?: readonly Stream[]; limit: number }): Sql {
  const { jobId, before, limit } = options
  return sql`select *, ${isGone}, ${ofFolder} from log_blocks where job_id = ${jobId} and first_seq < ${before} ${onlyStreams(options.streams)} order by first_seq desc limit ${limit}`
}

export function bytesRead(jobId: number, attempt: number): Sql {
  return sql`select stream, file_number, max(byte_offset + byte_length) as bytes from log_blocks
    where job_id = ${jobId} and attempt = ${attempt} and stream < 3 group by stream, file_number order by file_number`
}

// Of an earlier life of its file, which the job has cut off since.
const isGone = sql`case when file_number < (select max(newer.file_number) from log_blocks newer
  where newer.job_id = log_blocks.job_id and newer.attempt = log_blocks.attempt and newer.stream = log_blocks.stream) then 1 else 0 end as is_gone`

// Where the text is.
const ofFolder = sql`(select folder from attempts where attempts.job_id = log_blocks.job_id and attempts.attempt = log_blocks.attempt) as folder`

function onlyStreams(streams: readonly Stream[] | undefined): Sql {
  return streams === undefined ? empty : sql`and stream in (${join(streams.map(streamNumber))})`
}
