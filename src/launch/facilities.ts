// What this machine lends for ending and bounding trees of processes, and for bounding files. Tried once per runner, told by its launcher.
import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { promisify } from 'node:util'
import { limits } from '../core/limits.ts'
import { type CgroupBase, findCgroupBase, sweepCgroups } from './cgroup.ts'
import type { Facilities, KillTier } from './launcher.ts'
import { punchesHoles } from './punch.ts'

const run = promisify(execFile)

/** How trees are started and seen. */
export type Means = { killTier: 'cgroup'; base: CgroupBase } | { killTier: 'subreaper'; reaper: Reaper } | { killTier: 'marks' | 'group' }

/** A program that can make its process the parent of all orphans below it, which no shell can. */
export interface Reaper {
  perl: string
  prctlNumber: number
}

/** The best means there are. @throws Error when a tier is asked for that this machine does not have */
export async function findMeans(wanted?: KillTier): Promise<Means> {
  const base = wanted === undefined || wanted === 'cgroup' ? findCgroupBase() : null
  if (base) {
    sweepCgroups(base, Date.now() - limits.latchKeepMs)
    return { killTier: 'cgroup', base }
  }
  const reaper = wanted === undefined || wanted === 'subreaper' ? await findReaper() : null
  if (reaper) return { killTier: 'subreaper', reaper }
  const killTier = wanted ?? (process.platform === 'linux' ? 'marks' : 'group')
  if (killTier === 'cgroup' || killTier === 'subreaper') throw new Error(`this machine has no ${killTier} for us`)
  return { killTier }
}

/** `folder` is on the disk in question. */
export async function findFacilities(means: Means, folder: string): Promise<Facilities> {
  return {
    killTier: means.killTier,
    limitsMemory: means.killTier === 'cgroup' && means.base.limitsMemory,
    punchesHoles: await punchesHoles(folder),
  }
}

// Numbers of prctl(2) by the kernel's tables; what is not here goes without.
const prctlNumbers: Partial<Record<NodeJS.Architecture, number>> = {
  x64: 157,
  ia32: 172,
  arm64: 167,
  arm: 172,
  riscv64: 167,
  loong64: 167,
  ppc64: 171,
  s390x: 172,
}

async function findReaper(): Promise<Reaper | null> {
  const prctlNumber = process.platform === 'linux' ? prctlNumbers[process.arch] : undefined
  const perl = findPerl()
  if (prctlNumber === undefined || perl === null) return null
  try {
    await run(perl, ['-e', `exit(syscall(${prctlNumber}, ${setChildSubreaper}, 1, 0, 0, 0) == 0 ? 0 : 1)`], { env: {} })
    return { perl, prctlNumber }
  } catch {
    return null
  }
}

/** Debian has one in every installation. */
export function findPerl(): string | null {
  return ['/usr/bin/perl', '/bin/perl', '/usr/local/bin/perl'].find(isExecutable) ?? null
}

/** PR_SET_CHILD_SUBREAPER. */
export const setChildSubreaper = 36

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
