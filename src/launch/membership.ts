// Which process of a table belongs to which attempt: it carries the attempt's mark, is in its cgroup or session, holds its FIFO, or is a child of one that does.
// Only for looking: whom to signal is decided anew, in the turn of the signal (I12).
import { join } from 'node:path'
import { attemptFiles } from './attempt-files.ts'
import { cgroupOf } from './attempt-record.ts'
import { type Carried, fileIdentity, readCarried } from './carried.ts'
import { cgroupMembers } from './cgroup.ts'
import type { ToMeasure } from './launcher.ts'
import type { ProcessRow, ProcessTable, TableSource } from './process-table.ts'

/** The living members of each attempt, its shim among them. */
export type MembersOf = (table: ProcessTable, attempts: readonly ToMeasure[]) => ProcessRow[][]

export function openMembership(source: TableSource): MembersOf {
  const known = new Map<number, Known>()
  const signOf = (row: ProcessRow) => (source === 'proc' ? learn(known, row) : none)
  return (table, attempts) => {
    for (const pid of known.keys()) if (!table.has(pid)) known.delete(pid)
    const claims = claimsOf(attempts, table)
    const owner = ownersIn(table, (row) => ownOwner(claims, row, signOf(row)))
    const members: ProcessRow[][] = attempts.map(() => [])
    for (const row of table.values()) members[owner(row)]?.push(row)
    return members
  }
}

interface Known extends Carried {
  startedAt: string
  looks: number
}

const none: Carried = { mark: null, fifo: null }

// It is what it was started as. One without a sign is looked at a second time: the first look may have come between its fork and its exec.
function learn(known: Map<number, Known>, { pid, startedAt }: ProcessRow): Carried {
  const before = known.get(pid)
  const isSame = before?.startedAt === startedAt
  if (isSame && (before.mark !== null || before.fifo !== null || before.looks >= enoughLooks)) return before
  const now = { startedAt, ...readCarried(pid), looks: isSame ? before.looks + 1 : 1 }
  known.set(pid, now)
  return now
}

const enoughLooks = 2

interface Claims {
  marks: Map<string, number>
  fifos: Map<string, number>
  /** By the number of a leader that is seen to be the attempt's own. */
  sessions: Map<number, number>
  /** By the numbers in the attempt's cgroup. */
  grouped: Map<number, number>
}

function claimsOf(attempts: readonly ToMeasure[], table: ProcessTable): Claims {
  const claims: Claims = { marks: new Map(), fifos: new Map(), sessions: new Map(), grouped: new Map() }
  for (const [index, { mark, folder, process }] of attempts.entries()) {
    claims.marks.set(mark, index)
    const fifo = fileIdentity(join(folder, attemptFiles.alive))
    if (fifo !== null) claims.fifos.set(fifo, index)
    const cgroup = cgroupOf(folder, mark)
    if (cgroup !== null) for (const pid of cgroupMembers(cgroup)) claims.grouped.set(pid, index)
    if (process !== null && process.startedAt !== null && table.get(process.pid)?.startedAt === process.startedAt)
      claims.sessions.set(process.pid, index)
  }
  return claims
}

/** Nobody that is asked for: also those of other installations, which jobs may start. */
const nobody = -1

// Undefined: it says nothing itself, and is whoever its parent is.
function ownOwner(
  { marks, fifos, sessions, grouped }: Claims,
  { pid, session, group }: ProcessRow,
  { mark, fifo }: Carried,
): number | undefined {
  if (mark !== null) return marks.get(mark) ?? nobody
  return (
    grouped.get(pid) ?? sessions.get(session) ?? sessions.get(group) ?? sessions.get(pid) ?? (fifo === null ? undefined : fifos.get(fifo))
  )
}

function ownersIn(table: ProcessTable, ownOf: (row: ProcessRow) => number | undefined): (row: ProcessRow) => number {
  const owners = new Map<number, number>()
  return (row) => {
    const line: ProcessRow[] = []
    let at: ProcessRow | undefined = row
    let owner: number | undefined
    // A table that is read while processes come and go may hold a ring.
    while (at && owner === undefined && line.length < table.size) {
      owner = owners.get(at.pid) ?? ownOf(at)
      line.push(at)
      at = table.get(at.parent)
    }
    for (const { pid } of line) owners.set(pid, owner ?? nobody)
    return owner ?? nobody
  }
}
