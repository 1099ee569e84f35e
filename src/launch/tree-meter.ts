// What the trees of attempts use: processor, memory, processes. One look at the table of processes for all of them.
// Who belongs to which tree is looked up once per process and remembered; what has ended is remembered as well, for the processor time it took.

import { join } from 'node:path'
import type { ProcessDoing } from '../core/stall-words.ts'
import type { Measured, ToMeasure } from './launcher.ts'
import { openMembership } from './membership.ts'
import { type ProcessRow, type ProcessTable, processTable, type TableSource, usualSource } from './process-table.ts'
import { readSmall } from './read-small.ts'

/** Keeps what it has learnt from one look to the next. */
export function treeMeter(source: TableSource = usualSource): (attempts: readonly ToMeasure[]) => Promise<Measured[]> {
  const membersOf = openMembership(source)
  const used = new Map<string, Used>()
  return async (attempts) => {
    const table = await processTable(source)
    const takenMs = performance.now()
    const trees = membersOf(table, attempts)
    forget(used, attempts)
    return attempts.map((attempt, index) => {
      const before = used.get(attempt.folder) ?? { mostMs: 0, lostMs: 0, rows: [] }
      const rows = trees[index] ?? []
      const now = usedNow(before, rows, table)
      used.set(attempt.folder, now)
      return { ...measured(attempt, rows, table), processorMs: now.mostMs, takenMs }
    })
  }
}

/** Processor time of a tree, and what is needed to count on. */
interface Used {
  /** It never grows less, whoever ends. */
  mostMs: number
  /** Of those that ended and that no living member has asked for. */
  lostMs: number
  rows: readonly ProcessRow[]
}

// A process that ended is counted by its parent, if that one is of the tree and asks for it; else what was last seen of it is kept.
function usedNow(before: Used, rows: readonly ProcessRow[], table: ProcessTable): Used {
  const living = new Set(rows.map(({ pid }) => pid))
  const isLost = ({ pid, startedAt, parent, waitedMs }: ProcessRow) =>
    table.get(pid)?.startedAt !== startedAt && !(living.has(parent) && waitedMs !== null)
  const lostMs = before.lostMs + sum(before.rows.filter(isLost).map(timeOf))
  return { mostMs: Math.max(before.mostMs, sum(rows.map(timeOf)) + lostMs), lostMs, rows }
}

function timeOf({ processorMs, waitedMs }: ProcessRow): number {
  return processorMs + (waitedMs ?? 0)
}

function forget(used: Map<string, Used>, attempts: readonly ToMeasure[]): void {
  const asked = new Set(attempts.map(({ folder }) => folder))
  for (const [folder, { rows }] of used) if (!asked.has(folder) && rows.length === 0) used.delete(folder)
  // An attempt is not asked for in each look; only those that are over are many.
  for (const folder of [...used.keys()].slice(0, Math.max(0, used.size - remembered))) if (!asked.has(folder)) used.delete(folder)
}

const remembered = 1_000

function measured(
  { process, closelyFromBytes }: ToMeasure,
  rows: readonly ProcessRow[],
  table: ProcessTable,
): Omit<Measured, 'processorMs' | 'takenMs'> {
  const leader = process === null ? undefined : table.get(process.pid)
  const isLeader = leader !== undefined && leader.startedAt === process?.startedAt
  const others = rows.filter(({ pid }) => !(isLeader && pid === leader.pid))
  const residentBytes = sum(others.map((row) => row.residentBytes))
  const isClose = closelyFromBytes !== null && residentBytes >= closelyFromBytes
  return {
    processes: others.length,
    memoryBytes: isClose ? sum(others.map(proportionalBytes)) : residentBytes,
    doing: doingOf(others),
    hasShim: process === null || process.startedAt === null ? null : isLeader,
    ageMs: isLeader ? ageOf(leader) : null,
  }
}

// Pages shared with others count by their share: the kernel has to walk the page tables for it, so it is asked only where it matters.
function proportionalBytes({ pid, residentBytes }: ProcessRow): number {
  try {
    const kilobytes = /^Pss:\s+(\d+)/m.exec(readSmall(join('/proc', String(pid), 'smaps_rollup'), 'latin1'))?.[1]
    return kilobytes === undefined ? residentBytes : Number(kilobytes) * 1_024
  } catch {
    return residentBytes
  }
}

function doingOf(rows: readonly ProcessRow[]): ProcessDoing {
  const states = new Set(rows.map(({ state }) => state))
  if (states.has('R')) return 'running'
  if (states.has('D') || states.has('U')) return 'waiting for the disk'
  const isPaused = states.size > 0 && [...states].every((state) => state === 'T' || state === 't')
  return isPaused ? 'paused' : 'sleeping'
}

// The kernel's own clock since the machine was started, which nobody sets.
function ageOf({ startedAt }: ProcessRow): number | null {
  try {
    const upMs = Number(readSmall('/proc/uptime', 'latin1').split(' ')[0]) * 1_000
    const ageMs = upMs - Number(startedAt) * tickMs
    return Number.isFinite(ageMs) ? Math.max(0, ageMs) : null
  } catch {
    return null
  }
}

/** USER_HZ is 100 wherever Node runs. */
const tickMs = 10

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
