// What processes carry with them that tells whose they are (Linux): the mark in their environment, and the FIFO under the shim's number.
// Read once per look at the process table, however many trees are looked for in it.
import { readlinkSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { setImmediate as otherWork } from 'node:timers/promises'
import { attemptFiles } from './attempt-files.ts'
import type { ProcessRow, ProcessTable } from './process-table.ts'
import { readSmall } from './read-small.ts'

export interface Carried {
  /** Value of HOLDFAST_MARK. */
  mark: string | null
  /** Which FIFO it holds for writing, as `fileIdentity` names files. */
  fifo: string | null
}

const known = new WeakMap<ProcessTable, Map<number, Carried>>()

/** Of everybody in the table who started since then; nobody older can be of an attempt that was started then. */
export async function carriedBy(table: ProcessTable, since: string | null): Promise<ReadonlyMap<ProcessRow, Carried>> {
  const seen = known.get(table) ?? new Map<number, Carried>()
  known.set(table, seen)
  const found = new Map<ProcessRow, Carried>()
  let read = 0
  for (const row of table.values()) {
    if (row.parent === kernelParent || (since !== null && Number(row.startedAt) < Number(since))) continue
    let carried = seen.get(row.pid)
    if (!carried) {
      if (++read % readAtOnce === 0) await otherWork()
      carried = readCarried(row.pid)
      seen.set(row.pid, carried)
    }
    found.set(row, carried)
  }
  return found
}

export function readCarried(pid: number): Carried {
  return { mark: readMark(pid), fifo: readFifo(pid) }
}

/** Two paths with the same identity are one file. Null: it is not there. */
export function fileIdentity(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? `${stat.dev}:${stat.ino}` : null
}

/** Parent of the kernel's own threads, which carry nothing. */
const kernelParent = 2
const readAtOnce = 64

function readMark(pid: number): string | null {
  try {
    const found = /(?:^|\0)HOLDFAST_MARK=([^\0]*)/.exec(readSmall(`/proc/${pid}/environ`, 'utf8'))
    return found?.[1] ?? null
  } catch {
    return null
  }
}

// Looking at the FIFO, as every runner does, makes nobody a holder. The link's text is compared first: following a descriptor could hang on some kinds of file.
function readFifo(pid: number): string | null {
  const link = `/proc/${pid}/fd/${fifoDescriptor}`
  try {
    if (basename(readlinkSync(link)) !== attemptFiles.alive || !isOpenForWriting(pid)) return null
    return fileIdentity(link)
  } catch {
    return null
  }
}

/** The shim's number of the FIFO, inherited by the tree. A runner that is just starting the attempt has it under another. */
export const fifoDescriptor = 9

function isOpenForWriting(pid: number): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(readSmall(`/proc/${pid}/fdinfo/${fifoDescriptor}`, 'latin1'))?.[1]
  return flags !== undefined && (Number.parseInt(flags, 8) & 3) !== 0
}
