// Whether an attempt's processes were killed because memory ran out: its cgroup knows; without one the machine's own count is all there is.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attemptFiles } from './attempt-files.ts'
import { machineMemoryKills, readAttemptRecord } from './attempt-record.ts'
import { memoryKills, removeCgroup } from './cgroup.ts'

/** `likely`: the kernel killed somebody of this machine for memory since the attempt was started. */
export function outOfMemory(folder: string): 'yes' | 'likely' | 'no' {
  if (existsSync(join(folder, attemptFiles.outOfMemory))) return 'yes'
  const record = readAttemptRecord(folder)
  if (record === null) return 'no'
  if (record.cgroup !== null && memoryKills(record.cgroup) > 0) return 'yes'
  return machineMemoryKills() > record.memoryKills ? 'likely' : 'no'
}

/** Removes the cgroup of an attempt that is gone; what it knew is kept. */
export function closeCgroup(folder: string, cgroup: string): void {
  if (memoryKills(cgroup) > 0) {
    try {
      writeFileSync(join(folder, attemptFiles.outOfMemory), '', { mode: 0o600 })
    } catch {
      // A full disk: then the machine's count says "likely".
    }
  }
  removeCgroup(cgroup)
}
