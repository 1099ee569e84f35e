// Stops a whole tree: asks, waits, kills, and looks until nobody is left. "Signal sent" is never taken for "gone".
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '../core/limits.ts'
import { attemptFiles } from './attempt-files.ts'
import { isHeld } from './fifo.ts'
import type { StopPlan, StopReport } from './launcher.ts'
import { livingLeader, members, send, signalGroup, type Tree } from './tree.ts'

/** @throws the signal's reason when given up */
export async function stopTree(plan: StopPlan): Promise<StopReport> {
  const tree: Tree = { folder: plan.folder, mark: plan.mark, leader: plan.process }
  if (isGone(tree)) return { found: false, gone: true, killed: false }
  if (!signalGroup(tree, 'SIGTERM')) for (const pid of members(tree)) send(pid, 'SIGTERM')
  if (await goneWithin(tree, plan.graceMs, plan.signal)) return { found: true, gone: true, killed: false }
  return { found: true, gone: await killUntilGone(tree, plan.signal), killed: true }
}

// Runtimes such as Node and Python close what they do not know in their children, so a free FIFO alone does not prove it:
// nobody may carry the attempt's mark either.
function isGone(tree: Tree): boolean {
  return !isHeld(join(tree.folder, attemptFiles.alive)) && members(tree).length === 0
}

// The shim is spared while anybody else lives, so that it can still write how its command ended.
async function killUntilGone(tree: Tree, signal: AbortSignal): Promise<boolean> {
  for (let round = 0; round < limits.killRounds; round++) {
    const found = members(tree)
    for (const pid of found) send(pid, 'SIGKILL')
    const leader = livingLeader(tree)
    if (found.length === 0 && round > 2 && leader) send(leader.pid, 'SIGKILL')
    if (process.platform !== 'linux') signalGroup(tree, 'SIGKILL')
    if (await goneWithin(tree, Math.min(20 * (round + 1), 500), signal)) return true
  }
  return false
}

async function goneWithin(tree: Tree, ms: number, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + ms
  for (let pauseMs = firstLookMs; ; pauseMs = Math.min(pauseMs * 2, lookEveryMs)) {
    const leftMs = deadline - performance.now()
    if (leftMs <= 0) return isGone(tree)
    await sleep(Math.min(pauseMs, leftMs), undefined, { signal })
    if (isGone(tree)) return true
  }
}

/** A look reads the process table: some milliseconds, so often at first and then seldom. */
const firstLookMs = 5
const lookEveryMs = 100
