// Lines of a job's log by number: which lines, from the store's blocks; their text, from the files the job wrote.
import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { LogLine, Stream } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { linesOf } from '../launch/lines.ts'
import { attemptFiles } from '../launch/shim.ts'
import type { Store, StoredBlock } from '../store/store.ts'
import type { DataFolder } from './data-folder.ts'

export interface LogQuery {
  jobId: number
  after?: number
  before?: number
  limit: number
  streams?: readonly Stream[]
  /** Whole lines instead of the first `limits.logLineServed` characters. */
  full?: boolean
}

/** Lines in order of their number. With `before`: the last ones before it. */
export async function readLog(store: Store, folder: DataFolder, query: LogQuery): Promise<LogLine[]> {
  const { jobId, after = 0, before, limit, streams } = query
  const fromEnd = before !== undefined
  const lines: LogLine[] = []
  let edge = fromEnd ? before : after
  while (lines.length < limit) {
    const range = fromEnd ? { before: edge } : { after: edge }
    const blocks = await store.logs.blocks({ jobId, ...range, ...(streams ? { streams } : {}), limit: blocksPerRead })
    const found = blocks
      .flatMap((block) => linesOfBlock(folder, block, query))
      .filter((line) => (fromEnd ? line.seq < edge : line.seq > edge))
    if (fromEnd) lines.unshift(...found)
    else lines.push(...found)
    const lastBlock = blocks.at(-1)
    const firstBlock = blocks[0]
    if (!lastBlock || !firstBlock || blocks.length < blocksPerRead) break
    edge = fromEnd ? firstBlock.firstSeq : lastBlock.firstSeq + lastBlock.lineCount - 1
  }
  return fromEnd ? lines.slice(-limit) : lines.slice(0, limit)
}

const blocksPerRead = 64

function linesOfBlock(folder: DataFolder, block: StoredBlock, { jobId, full }: LogQuery): LogLine[] {
  const common = { attempt: block.attempt, stream: block.stream, at: block.at }
  if (block.body !== null) return [{ seq: block.firstSeq, ...common, text: block.body }]
  const bytes = readBytes(
    join(folder.attempts, `${jobId}-${block.attempt}`, block.stream === 'stderr' ? attemptFiles.stderr : attemptFiles.stdout),
    block,
  )
  if (bytes === null)
    return Array.from({ length: block.lineCount }, (_, index) => ({
      seq: block.firstSeq + index,
      ...common,
      text: '(the log file is gone)',
    }))
  return linesOf(bytes).map((line, index) => ({ seq: block.firstSeq + index, ...common, ...served(line, full ?? false) }))
}

// Invalid UTF-8 becomes U+FFFD in the view; the file keeps the bytes.
function served(line: Uint8Array, full: boolean): { text: string; cutFromBytes?: number } {
  const text = decoder.decode(line)
  if (full || text.length <= limits.logLineServed) return { text }
  return { text: text.slice(0, limits.logLineServed), cutFromBytes: line.length }
}

const decoder = new TextDecoder()

function readBytes(file: string, { byteOffset, byteLength }: StoredBlock): Uint8Array | null {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch {
    return null
  }
  try {
    const bytes = Buffer.allocUnsafe(byteLength)
    return bytes.subarray(0, readSync(descriptor, bytes, 0, byteLength, byteOffset))
  } finally {
    closeSync(descriptor)
  }
}
