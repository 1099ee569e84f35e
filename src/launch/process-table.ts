// Every process of the machine in one look: from /proc on Linux, from `ps` elsewhere. Knows no attempt.
// A look is shared: whoever asks while one is under way gets the next one together with all the others, so stopping a hundred trees costs no hundred looks.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setImmediate as otherWork } from 'node:timers/promises'
import { promisify } from 'node:util'
import { readSmall } from './read-small.ts'

export interface ProcessRow {
  pid: number
  parent: number
  group: number
  /** 0 where it cannot be had. */
  session: number
  /** One letter as the kernel gives it; Z and X are dead. */
  state: string
  /** As the kernel gives it; equal only for the same process. */
  startedAt: string
  /** Processor time so far, in user and kernel, without its children. */
  processorMs: number
  /** That of its children that have ended and that it has asked for. Null where it cannot be had. */
  waitedMs: number | null
  /** Memory it has now, what it shares with others included. */
  residentBytes: number
}

/** By pid. Dead processes whose parent has not asked for them yet are left out. */
export type ProcessTable = ReadonlyMap<number, ProcessRow>

export type TableSource = 'proc' | 'ps'

export const usualSource: TableSource = process.platform === 'linux' ? 'proc' : 'ps'

interface Looks {
  running: Promise<ProcessTable> | null
  next: Promise<ProcessTable> | null
}
const looks: Record<TableSource, Looks> = { proc: { running: null, next: null }, ps: { running: null, next: null } }

/** A look that began after this call. @throws Error when there is neither /proc nor a `ps` that can tell */
export function processTable(source: TableSource = usualSource): Promise<ProcessTable> {
  const look = looks[source]
  if (look.next) return look.next
  const { running } = look
  if (running) {
    const next = running
      .catch(() => undefined)
      .then(() => {
        look.next = null
        return begin(source)
      })
    look.next = next
    return next
  }
  return begin(source)
}

/** One process now; null when there is none with that number, or it is dead. Linux only. */
export function processNow(pid: number): ProcessRow | null {
  const row = parseStat(pid, readStat(pid))
  return row && isLiving(row) ? row : null
}

function begin(source: TableSource): Promise<ProcessTable> {
  const look = looks[source]
  const running = (source === 'proc' ? fromProc() : fromPs()).finally(() => {
    if (look.running === running) look.running = null
  })
  look.running = running
  return running
}

async function fromProc(): Promise<ProcessTable> {
  const rows = new Map<number, ProcessRow>()
  const numbers = readdirSync('/proc').flatMap((name) => (isNumber(name) ? [Number(name)] : []))
  for (const [index, pid] of numbers.entries()) {
    // /proc is memory: reading it in place is several times cheaper than through threads, but a machine may have thousands.
    if (index > 0 && index % readAtOnce === 0) await otherWork()
    const row = parseStat(pid, readStat(pid))
    if (row && isLiving(row)) rows.set(pid, row)
  }
  return rows
}

/** About two milliseconds of other work kept waiting. */
const readAtOnce = 128

function isNumber(name: string): boolean {
  const first = name.charCodeAt(0)
  return first >= 48 && first <= 57
}

function isLiving({ state }: ProcessRow): boolean {
  return state !== 'Z' && state !== 'X'
}

function readStat(pid: number): string | null {
  try {
    return readSmall(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return null
  }
}

/** @internal */
export function parseStat(pid: number, text: string | null): ProcessRow | null {
  if (text === null) return null
  // The name in brackets may hold anything, brackets and line ends too: count from the last bracket.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const startedAt = fields[19]
  if (startedAt === undefined) return null
  return {
    pid,
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    processorMs: (Number(fields[11]) + Number(fields[12])) * tickMs,
    waitedMs: (Number(fields[13]) + Number(fields[14])) * tickMs,
    startedAt,
    residentBytes: Number(fields[21]) * pageBytes(),
  }
}

/** USER_HZ is 100 wherever Node runs. */
const tickMs = 10

let knownPageBytes: number | null = null

// Node does not tell, and arm64 kernels come with 4, 16 and 64 KiB: one process's size in both units does.
function pageBytes(): number {
  if (knownPageBytes !== null) return knownPageBytes
  const pages = Number(/^\d+/.exec(readFileSync('/proc/self/statm', 'latin1'))?.[0])
  const kilobytes = Number(/^VmSize:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1])
  const exact = (kilobytes * 1024) / pages
  knownPageBytes = Number.isFinite(exact) ? 2 ** Math.round(Math.log2(exact)) : 4_096
  return knownPageBytes
}

const run = promisify(execFile)

async function fromPs(): Promise<ProcessTable> {
  const { stdout } = await run('ps', ['-axo', 'pid=,ppid=,pgid=,sess=,state=,rss=,time=,lstart='], {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    maxBuffer: 64 * 1024 * 1024,
  })
  const rows = stdout.split('\n').flatMap((line) => parsePsLine(line) ?? [])
  return new Map(rows.filter(isLiving).map((row) => [row.pid, row]))
}

/** @internal */
export function parsePsLine(line: string): ProcessRow | null {
  const [pid, parent, group, session, state = '', kilobytes, time = '', ...started] = line.trim().split(/\s+/)
  if (started.length === 0) return null
  return {
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    // macOS prints an address here.
    session: /^\d+$/.test(session ?? '') ? Number(session) : 0,
    state: state.slice(0, 1),
    startedAt: started.join(' '),
    processorMs: parsePsTime(time),
    waitedMs: null,
    residentBytes: Number(kilobytes) * 1_024,
  }
}

// "1-02:03:04" on Linux, "62:03.04" on macOS.
function parsePsTime(text: string): number {
  const [clock = '', days = '0'] = text.split('-').toReversed()
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return Math.round((Number(days) * 86_400 + seconds) * 1_000)
}
