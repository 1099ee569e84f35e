// Who belongs to an attempt: everybody in its cgroup, who carries its mark or holds its FIFO, and all descendants, groups and sessions of those.
// A process is signalled only after it was seen, in the same turn, to be the one that was looked at: never somebody else's (I12).
import { join } from 'node:path'
import { attemptFiles } from './attempt-files.ts'
import { cgroupOf } from './attempt-record.ts'
import { type Carried, carriedBy, fileIdentity, readCarried } from './carried.ts'
import { cgroupMembers } from './cgroup.ts'
import { isSameProcess } from './identity.ts'
import type { ProcessIdentity } from './launcher.ts'
import { type ProcessRow, type ProcessTable, processNow, type TableSource } from './process-table.ts'

export interface Tree {
  folder: string
  mark: string
  /** The shim: leader of the session and of its group. */
  leader: ProcessIdentity | null
}

/** By which signs members are told. */
export interface Sight {
  source: TableSource
  /** What processes carry can be read. */
  carried: boolean
}

/** Living members besides the shim itself. `knownBefore`: who was a member at an earlier look stays one. */
export async function membersIn(
  table: ProcessTable,
  tree: Tree,
  { sight, knownBefore = [] }: { sight: Sight; knownBefore?: Iterable<ProcessRow> },
): Promise<ProcessRow[]> {
  const fifo = fileIdentity(join(tree.folder, attemptFiles.alive))
  // Nobody older than the shim can be of its tree.
  const carried = sight.carried ? await carriedBy(table, tree.leader?.startedAt ?? null) : nothing
  const members = new Set<ProcessRow>()
  for (const row of knownBefore) add(table.get(row.pid)?.startedAt === row.startedAt ? table.get(row.pid) : undefined)
  // Also who is younger than the table.
  for (const pid of inCgroup(tree)) add(table.get(pid) ?? processNow(pid) ?? undefined)
  for (const [row, { mark, fifo: held }] of carried) if (mark === tree.mark || (fifo !== null && held === fifo)) add(row)
  const leader = livingLeader(tree, sight)
  return [...withFamily(table, members, { leader: leader?.pid ?? null, isForeign })]

  function add(row: ProcessRow | undefined): void {
    if (row && row.pid !== process.pid && row.pid !== tree.leader?.pid) members.add(row)
  }

  // A job may be a runner itself, or start one: the attempts below it have their own mark and their own FIFO, and are not its.
  function isForeign(row: ProcessRow): boolean {
    const { mark = null, fifo: held = null } = carried.get(row) ?? {}
    return row.pid === process.pid || (mark !== null && mark !== tree.mark && held !== null && held !== fifo)
  }
}

const nothing: ReadonlyMap<ProcessRow, Carried> = new Map()

/** The shim, found by what it carries: the oldest member that leads a session of its own. */
export async function findLeader(table: ProcessTable, tree: Tree): Promise<ProcessIdentity | null> {
  const leaders = [...(await carriedBy(table, null))].filter(([{ pid, session }, { mark }]) => session === pid && mark === tree.mark)
  const [oldest] = leaders.map(([row]) => row).toSorted((a, b) => Number(a.startedAt) - Number(b.startedAt) || a.pid - b.pid)
  return oldest ? { pid: oldest.pid, startedAt: oldest.startedAt } : null
}

/** The shim, if it is seen to be alive and ours: a copied data folder names the processes of the original, whose mark is another. */
export function livingLeader({ leader, mark }: Tree, sight: Sight): ProcessIdentity | null {
  if (leader === null || !isSameProcess(leader)) return null
  return !sight.carried || readCarried(leader.pid).mark === mark ? leader : null
}

/** Sends the signal to the shim's group; false when the shim is not there any more. */
export function signalGroup(tree: Tree, signal: NodeJS.Signals, sight: Sight): boolean {
  const leader = livingLeader(tree, sight)
  return leader !== null && send(-leader.pid, signal)
}

/** To a member, unless its number is somebody else's by now. */
export function signalMember({ pid, startedAt }: ProcessRow, signal: NodeJS.Signals, { source }: Sight): boolean {
  // `ps` is a process of its own and its times are seconds: there the look that was just taken must do.
  if (source === 'proc' && processNow(pid)?.startedAt !== startedAt) return false
  return send(pid, signal)
}

export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

function inCgroup({ folder, mark }: Tree): number[] {
  const cgroup = cgroupOf(folder, mark)
  return cgroup === null ? [] : cgroupMembers(cgroup)
}

// Who descends from a member, or is of the group or session that a living member leads, is one. A number of a group or session alone proves nothing:
// with its leader gone it may be somebody else's. The runner itself is never counted, nor what it started otherwise.
function withFamily(
  table: ProcessTable,
  members: Set<ProcessRow>,
  { leader, isForeign }: { leader: number | null; isForeign: (row: ProcessRow) => boolean },
): Set<ProcessRow> {
  const numbers = new Set([...members].map(({ pid }) => pid))
  if (leader !== null) numbers.add(leader)
  for (let before = -1; before !== members.size; ) {
    before = members.size
    for (const row of table.values()) {
      if (numbers.has(row.pid) || !(numbers.has(row.parent) || numbers.has(row.session) || numbers.has(row.group))) continue
      if (isForeign(row)) continue
      members.add(row)
      numbers.add(row.pid)
    }
  }
  return members
}
