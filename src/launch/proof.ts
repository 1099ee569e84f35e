// Whether the end of an attempt's tree is proven, when nobody of it is seen any more: what the kernel, or the shim that all orphans come back to, says of it.
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { cgroupOf, forgetCgroup, readAttemptRecord } from './attempt-record.ts'
import { isPopulated, wasEntered } from './cgroup.ts'
import { readExitRecord } from './exit-record.ts'
import type { AttemptTree } from './launcher.ts'
import { closeCgroup } from './memory.ts'

/** By the means that the attempt was started with, whatever this runner has. Only asked when nobody is seen. */
export function provesEnd({ folder, mark }: Pick<AttemptTree, 'folder' | 'mark'>): boolean {
  const cgroup = cgroupOf(folder, mark)
  if (cgroup !== null) return isRemoved(cgroup) || (wasEntered(cgroup) && !isPopulated(cgroup))
  // Such a shim ends after the last of its orphans. One that was killed before it wrote the record has proven nothing.
  return (readAttemptRecord(folder)?.outlivesOrphans ?? false) && readExitRecord(folder) !== null
}

/** Removes the group of an attempt that is gone. One that nobody entered proves nothing, and is not there any more for who looks later. */
export function letGoOfCgroup(folder: string, cgroup: string): void {
  if (!isRemoved(cgroup) && !wasEntered(cgroup)) forgetCgroup(folder)
  closeCgroup(folder, cgroup)
}

// The kernel removes a group only when nobody is in it.
function isRemoved(cgroup: string): boolean {
  return !existsSync(cgroup) && existsSync(dirname(cgroup))
}
