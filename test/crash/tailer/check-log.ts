// I7, offline: what the store says of a job's log is held against the files, block by block and byte by byte. Knows that line n of the job is the number n.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { JobRecord, Store, StoredBlock } from '../../../src/store/store.ts'

export interface LogReport {
  lines: number
  blocks: number
  systemLines: number
  droppedLines: number
  /** On the disk, as the system counts. */
  diskBytes: number
  violations: string[]
}

export async function checkLog(store: Store, job: JobRecord, { attempts, lines }: { attempts: string; lines: number }): Promise<LogReport> {
  const report: LogReport = { lines: 0, blocks: 0, systemLines: 0, droppedLines: 0, diskBytes: 0, violations: [] }
  const reader = openNumbers()
  let nextSeq = 1
  let nextOffset = 0
  const broken = (what: string) => {
    if (report.violations.length < 20) report.violations.push(what)
  }
  for await (const block of blocksOf(store, job.id)) {
    report.blocks++
    if (block.firstSeq !== nextSeq) broken(`a block begins at ${block.firstSeq} instead of ${nextSeq}`)
    nextSeq = block.firstSeq + block.lineCount
    if (block.dropped) {
      report.droppedLines += block.lineCount
      // Some of them were ours; the numbers behind say how many.
      reader.skip(block.dropped.stdout)
      nextOffset += block.sealed > 0 ? 0 : block.dropped.stdout
      continue
    }
    if (block.body !== null) {
      report.systemLines++
      continue
    }
    if (block.byteOffset !== nextOffset) broken(`lines ${block.firstSeq} on are at byte ${block.byteOffset} instead of ${nextOffset}`)
    nextOffset = block.byteOffset + block.byteLength
    report.lines += block.lineCount
    const wrong = reader.read(fileOf(attempts, block), block)
    if (wrong) broken(wrong)
  }
  if (nextSeq - 1 !== job.logLines) broken(`the job has ${job.logLines} lines and its blocks ${nextSeq - 1}`)
  if (reader.next() !== lines + 1) broken(`the last number is ${reader.next() - 1} instead of ${lines}`)
  report.diskBytes = reader.close()
  return report
}

async function* blocksOf(store: Store, jobId: number): AsyncGenerator<StoredBlock> {
  for (let after = 0; ; ) {
    const blocks = await store.logs.blocks({ jobId, after, limit: 1_000 })
    const last = blocks.at(-1)
    if (!last) return
    yield* blocks
    after = last.firstSeq + last.lineCount - 1
  }
}

function fileOf(attempts: string, { folder, stream, sealed }: StoredBlock): string {
  return join(attempts, folder, sealed === 0 ? `${stream}.log` : `${stream}.sealed-${sealed}.log`)
}

/** Reads numbers that follow one another, one a line. */
function openNumbers() {
  const files = new Map<string, number>()
  let next = 1

  function read(file: string, block: StoredBlock): string | null {
    const descriptor = files.get(file) ?? openSync(file, 'r')
    files.set(file, descriptor)
    const bytes = Buffer.alloc(block.byteLength)
    if (readSync(descriptor, bytes, 0, bytes.length, block.byteOffset) !== bytes.length) return `${file} is short at ${block.byteOffset}`
    const first = next
    next += block.lineCount
    const expected = Buffer.from(Array.from({ length: block.lineCount }, (_, index) => `${first + index}\n`).join(''))
    return bytes.equals(expected)
      ? null
      : `line ${block.firstSeq} on is not ${first} to ${next - 1}: ${JSON.stringify(bytes.toString('latin1', 0, 40))}`
  }

  // So many bytes of numbers from `next` on.
  function skip(bytes: number): void {
    for (let left = bytes; left > 0; ) {
      const length = String(next).length + 1
      const untilLonger = 10 ** (length - 1) - next
      const count = Math.min(untilLonger, Math.floor(left / length))
      if (count === 0) return
      next += count
      left -= count * length
    }
  }

  function close(): number {
    let bytes = 0
    for (const descriptor of files.values()) {
      bytes += fstatSync(descriptor).blocks * 512
      closeSync(descriptor)
    }
    return bytes
  }

  return { read, skip, close, next: () => next }
}
