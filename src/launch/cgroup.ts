// Control groups (cgroup v2): one of its own per attempt, which nobody leaves by forking, so that the kernel can name, end and bound its whole tree.
// The name is made of the attempt's mark: a copied data folder, whose mark is another, never finds the original's.
import { createHash, randomUUID } from 'node:crypto'
import { accessSync, constants, mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { readSmall } from './read-small.ts'

/** Where cgroups of ours may be made. */
export interface CgroupBase {
  folder: string
  /** Groups made there can be given a bound for their memory. */
  limitsMemory: boolean
}

/** Beside this process, or under it; null where that is not allowed, or the kernel is older than `cgroup.kill` (5.14). */
export function findCgroupBase(): CgroupBase | null {
  if (process.platform !== 'linux') return null
  const own = ownCgroup()
  if (own === null) return null
  // A unit with `DelegateSubgroup=` runs in a group below the one that was given to it; for root every parent would look like that.
  const places = process.getuid?.() === 0 ? [own] : [own, join(own, '..')]
  const found = places.flatMap((folder) => tryBase(folder) ?? [])
  return found.find(({ limitsMemory }) => limitsMemory) ?? found[0] ?? null
}

/** Makes the attempt's group, or finds the one of an earlier try. @throws Error when the system has no room for it */
export function makeCgroup({ folder }: CgroupBase, mark: string): string {
  const cgroup = join(folder, cgroupName(mark))
  try {
    mkdirSync(cgroup)
  } catch (error) {
    if (!isError(error, 'EEXIST')) throw error
  }
  return cgroup
}

export function isCgroupOf(cgroup: string, mark: string): boolean {
  return basename(cgroup) === cgroupName(mark)
}

/** All its processes together may use so many bytes; the kernel ends them all when that is not enough. False where that cannot be had. */
export function limitMemory(cgroup: string, bytes: number): boolean {
  if (!tryWrite(join(cgroup, 'memory.max'), String(Math.floor(bytes)))) return false
  tryWrite(join(cgroup, 'memory.swap.max'), '0')
  tryWrite(join(cgroup, 'memory.oom.group'), '1')
  return true
}

/** How many the kernel killed in it because memory ran out. */
export function memoryKills(cgroup: string): number {
  return Number(/^oom_kill (\d+)$/m.exec(tryRead(join(cgroup, 'memory.events')) ?? '')?.[1] ?? 0)
}

/** Somebody lives in it or below it. */
export function isPopulated(cgroup: string): boolean {
  return /^populated 1$/m.test(tryRead(join(cgroup, 'cgroup.events')) ?? '')
}

/** Somebody has worked in it: the command did get in. Nobody leaves it but by being moved, as a service manager does for whom it takes over. */
export function wasEntered(cgroup: string): boolean {
  return /^usage_usec [1-9]/m.test(tryRead(join(cgroup, 'cpu.stat')) ?? '')
}

/** Who is in it and below it. */
export function cgroupMembers(cgroup: string): number[] {
  const here = (tryRead(join(cgroup, 'cgroup.procs')) ?? '').split('\n').filter(Boolean).map(Number)
  return [...here, ...childrenOf(cgroup).flatMap(cgroupMembers)]
}

/** The kernel kills all of them at once, forks that are under way included. Not at once gone: look until nobody is left. */
export function killCgroup(cgroup: string): void {
  tryWrite(join(cgroup, 'cgroup.kill'), '1')
}

/** False while somebody is in it; a group with processes cannot be removed. */
export function removeCgroup(cgroup: string): boolean {
  try {
    for (const child of childrenOf(cgroup)) removeCgroup(child)
    rmdirSync(cgroup)
    return true
  } catch (error) {
    return isError(error, 'ENOENT')
  }
}

/** Removes groups of nobody, whoever made them: a runner that died between making one and starting in it leaves one behind. */
export function sweepCgroups({ folder }: CgroupBase, notSince: number): void {
  for (const cgroup of childrenOf(folder)) {
    if (!basename(cgroup).startsWith(prefix) || isPopulated(cgroup)) continue
    // A young one may be just about to be entered.
    if ((statSync(cgroup, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY) < notSince) removeCgroup(cgroup)
  }
}

const prefix = 'holdfast-'

function cgroupName(mark: string): string {
  return `${prefix}${createHash('sha256').update(mark).digest('hex').slice(0, 24)}`
}

// "0::/path" is our place in the version 2 hierarchy; a machine with both versions has its mount under another name.
function ownCgroup(): string | null {
  const path = /^0::(\/.*)$/m.exec(tryRead('/proc/self/cgroup') ?? '')?.[1]
  if (path === undefined) return null
  for (const line of (tryRead('/proc/self/mountinfo') ?? '').split('\n')) {
    const [front = '', back = ''] = line.split(' - ')
    const [, , , root, mount] = front.split(' ')
    if (!back.startsWith('cgroup2 ') || root === undefined || mount === undefined) continue
    const below = relative(root, path)
    if (below.startsWith('..')) continue
    // A runner that is itself started by a job: the attempts below it are not that job's, and must not end with its group.
    const names = below.split('/')
    const first = names.findIndex((name) => name.startsWith(prefix))
    return join(mount.replaceAll('\\040', ' '), ...(first < 0 ? names : names.slice(0, first)))
  }
  return null
}

// Tried, not asked: what is mounted read-only or belongs to somebody else looks the same until then.
function tryBase(folder: string): CgroupBase | null {
  const trial = join(folder, `${prefix}trial-${randomUUID()}`)
  try {
    // Moving a process needs the right to write where it comes from and goes to, and in the group above both.
    accessSync(join(folder, 'cgroup.procs'), constants.W_OK)
    if (controllers(folder, 'cgroup.controllers').includes('memory') && !controllers(folder, 'cgroup.subtree_control').includes('memory'))
      tryWrite(join(folder, 'cgroup.subtree_control'), '+memory')
    mkdirSync(trial)
    for (const file of ['cgroup.procs', 'cgroup.kill']) accessSync(join(trial, file), constants.W_OK)
    return { folder, limitsMemory: tryRead(join(trial, 'memory.max')) !== null }
  } catch {
    return null
  } finally {
    removeCgroup(trial)
  }
}

function controllers(folder: string, file: string): string[] {
  return (tryRead(join(folder, file)) ?? '').trim().split(' ')
}

function childrenOf(cgroup: string): string[] {
  try {
    return readdirSync(cgroup, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(cgroup, entry.name)] : []))
  } catch {
    return []
  }
}

function tryRead(path: string): string | null {
  try {
    return readSmall(path, 'latin1')
  } catch {
    return null
  }
}

function tryWrite(path: string, text: string): boolean {
  try {
    // Never making a file: where it is missing, the kernel does not know it.
    writeFileSync(path, text, { flag: 'r+' })
    return true
  } catch {
    return false
  }
}

function isError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
