// Stops a whole tree: asks, waits, kills, and looks until nobody is left. "Signal sent" is never taken for "gone".
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '../core/limits.ts'
import { isHeld, onLetGo } from './fifo.ts'
import { isSameProcess } from './identity.ts'
import type { StopPlan, StopReport } from './launcher.ts'
import { attemptFiles } from './shim.ts'
import { members, send, signalGroup, type Tree } from './tree.ts'

/** @throws the signal's reason when given up */
export async function stopTree(plan: StopPlan): Promise<StopReport> {
  const tree: Tree = { folder: plan.folder, mark: plan.mark, leader: plan.process }
  const fifo = join(plan.folder, attemptFiles.alive)
  if (!isHeld(fifo)) return { gone: true, killed: false }
  if (!signalGroup(tree, 'SIGTERM')) for (const pid of members(tree)) send(pid, 'SIGTERM')
  if (await letGoWithin(fifo, plan.graceMs, plan.signal)) return { gone: true, killed: false }
  return { gone: await killUntilEmpty(tree, fifo, plan.signal), killed: true }
}

// The shim is spared while anybody else lives, so that it can still write how its command ended.
async function killUntilEmpty(tree: Tree, fifo: string, signal: AbortSignal): Promise<boolean> {
  for (let round = 0; round < limits.killRounds; round++) {
    const found = members(tree)
    for (const pid of found) send(pid, 'SIGKILL')
    if (found.length === 0 && round > 2 && tree.leader && isSameProcess(tree.leader)) send(tree.leader.pid, 'SIGKILL')
    if (process.platform !== 'linux') signalGroup(tree, 'SIGKILL')
    if (await letGoWithin(fifo, Math.min(20 * (round + 1), 500), signal)) return true
  }
  return false
}

async function letGoWithin(fifo: string, ms: number, signal: AbortSignal): Promise<boolean> {
  const over = new AbortController()
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const stopWatching = onLetGo(fifo, () => resolve(true))
  const timer = sleep(ms, false, { signal: AbortSignal.any([signal, over.signal]) })
  try {
    return (await Promise.race([promise, timer])) || !isHeld(fifo)
  } finally {
    stopWatching()
    over.abort()
    timer.catch(() => undefined)
  }
}
