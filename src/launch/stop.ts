// Stops a whole tree: asks, waits, kills, and looks until nobody is left. "Signal sent" is never taken for "gone".
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '../core/limits.ts'
import { attemptFiles } from './attempt-files.ts'
import { cgroupOf } from './attempt-record.ts'
import { isPopulated, killCgroup, wasEntered } from './cgroup.ts'
import { leftNobody, readExitRecord } from './exit-record.ts'
import { isHeld } from './fifo.ts'
import type { StopPlan, StopReport } from './launcher.ts'
import { type ProcessRow, processTable } from './process-table.ts'
import { letGoOfCgroup } from './proof.ts'
import { livingLeader, membersIn, type Sight, send, signalGroup, signalMember, type Tree } from './tree.ts'

/** A tree that is being stopped. */
interface Stopping extends Tree {
  sight: Sight
  /** Its own, or null. */
  cgroup: string | null
  signal: AbortSignal
  /** Everybody that was seen to be a member: orphans among them stay known. */
  known: Map<number, ProcessRow>
}

/** @throws the signal's reason when given up */
export async function stopTree({ folder, mark, process: leader, graceMs, signal }: StopPlan, sight: Sight): Promise<StopReport> {
  const tree: Stopping = { folder, mark, leader, sight, cgroup: cgroupOf(folder, mark), signal, known: new Map() }
  const report = await stopFound(tree, graceMs)
  if (report.gone && tree.cgroup !== null) letGoOfCgroup(folder, tree.cgroup)
  return report
}

/** Everybody of the tree now, besides the shim. */
export async function look(tree: Tree & Pick<Stopping, 'sight'> & Partial<Pick<Stopping, 'known'>>): Promise<ProcessRow[]> {
  const members = await membersIn(await processTable(tree.sight.source), tree, {
    sight: tree.sight,
    knownBefore: tree.known?.values() ?? [],
  })
  for (const row of members) tree.known?.set(row.pid, row)
  return members
}

async function stopFound(tree: Stopping, graceMs: number): Promise<StopReport> {
  if (await hadEnded(tree)) return { found: false, gone: true, killed: false, survivors: 0 }
  ask(tree, await look(tree))
  if (await goneWithin(tree, graceMs)) return { found: true, gone: true, killed: false, survivors: 0 }
  const survivors = await killUntilGone(tree)
  return { found: true, gone: survivors === 0, killed: true, survivors }
}

// A shim that has written the record is on its way out, unless it waits for orphans, and those are seen.
async function hadEnded(tree: Stopping): Promise<boolean> {
  if (await isGone(tree)) return true
  if (readExitRecord(tree.folder) === null || (await look(tree)).length > 0) return false
  return goneWithin(tree, lettingGoMs)
}

/** Between the exit record and the shim's own end, on a busy machine. */
const lettingGoMs = 2_000

// A command gets the request with its group, and passes it on as it sees fit. What outlived its command has nobody to do that.
function ask(tree: Stopping, members: readonly ProcessRow[]): void {
  const toGroup = signalGroup(tree, 'SIGTERM', tree.sight)
  if (toGroup && readExitRecord(tree.folder) === null) return
  for (const row of members) if (!toGroup || row.group !== tree.leader?.pid) signalMember(row, 'SIGTERM', tree.sight)
}

// The cheap signs first. A free FIFO alone does not prove it: runtimes such as Node and Python close what they do not know in their children.
// What the kernel itself says of the whole tree does, and spares the look at every process of the machine.
async function isGone(tree: Stopping): Promise<boolean> {
  if (isHeld(join(tree.folder, attemptFiles.alive)) || (tree.cgroup !== null && isPopulated(tree.cgroup))) return false
  if (tree.cgroup !== null && wasEntered(tree.cgroup)) return true
  return leftNobody(tree.folder) || (await look(tree)).length === 0
}

async function goneWithin(tree: Stopping, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms
  for (let pauseMs = firstLookMs; ; pauseMs = Math.min(pauseMs * 2, lookEveryMs)) {
    const leftMs = deadline - performance.now()
    if (leftMs <= 0) return isGone(tree)
    await sleep(Math.min(pauseMs, leftMs), undefined, { signal: tree.signal })
    if (await isGone(tree)) return true
  }
}

/** A look may read the process table: often at first and then seldom. */
const firstLookMs = 5
const lookEveryMs = 100

/** How many are left: 0 is proven gone. */
async function killUntilGone(tree: Stopping): Promise<number> {
  const killed = new Set<string>()
  let blindRounds = 0
  let stuckRounds = 0
  // Somebody holds the FIFO whom we cannot see: signals reach nobody. Or they are stuck in the kernel, and all are killed that there are.
  // So it is told, and tried again later.
  for (let round = 0; round < limits.killRounds && blindRounds < limits.killRoundsBlind && stuckRounds < limits.killRoundsStuck; round++) {
    if (tree.cgroup !== null) killCgroup(tree.cgroup)
    const members = await look(tree)
    // Somebody new after a kill was forked meanwhile: from then on they are halted before they are killed, so that none of them forks again.
    const areNew = members.some((row) => !killed.has(nameOf(row)))
    const areForking = round > 0 && areNew
    stuckRounds = areNew ? 0 : stuckRounds + 1
    for (const row of areForking ? await halt(tree, members) : members) {
      signalMember(row, 'SIGKILL', tree.sight)
      killed.add(nameOf(row))
    }
    blindRounds = members.length === 0 && livingLeader(tree, tree.sight) === null ? blindRounds + 1 : 0
    if (members.length === 0) endShim(tree, round)
    if (await goneWithin(tree, Math.min(20 * (round + 1), 500))) return 0
  }
  return Math.max(1, (await look(tree)).length)
}

function nameOf({ pid, startedAt }: ProcessRow): string {
  return `${pid} ${startedAt}`
}

async function halt(tree: Stopping, members: readonly ProcessRow[]): Promise<ProcessRow[]> {
  const halted = new Map<string, ProcessRow>()
  let fresh = members
  for (let round = 0; fresh.length > 0 && round < haltRounds; round++) {
    for (const row of fresh) {
      signalMember(row, 'SIGSTOP', tree.sight)
      halted.set(nameOf(row), row)
    }
    fresh = (await look(tree)).filter((row) => !halted.has(nameOf(row)))
  }
  return [...halted.values()]
}

/** Looks for those who were forked while the others were being halted. */
const haltRounds = 20

// The shim is spared while anybody else lives, so that it can write how its command ended, and a little longer: it may have been halted.
function endShim(tree: Stopping, round: number): void {
  const shim = livingLeader(tree, tree.sight)
  if (shim === null) return
  if (round > 0) send(shim.pid, 'SIGCONT')
  if (round > roundsForShim) send(shim.pid, 'SIGKILL')
}

/** About half a second. */
const roundsForShim = 5
