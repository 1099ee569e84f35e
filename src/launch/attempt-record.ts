// What a start writes into the attempt's folder for whoever looks after the attempt later, before anything is started: its cgroup,
// whether orphans come back to its shim, and how often memory had run out on this machine by then.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attemptFiles } from './attempt-files.ts'
import { isCgroupOf } from './cgroup.ts'
import { readSmall } from './read-small.ts'

export interface AttemptRecord {
  /** Path of its cgroup; null: it has none. */
  cgroup: string | null
  /** Its shim is the parent of all orphans, and ends after the last of them. */
  outlivesOrphans: boolean
  /** The kernel's count when the attempt was started. */
  memoryKills: number
}

export function writeAttemptRecord(folder: string, record: AttemptRecord): void {
  writeFileSync(join(folder, attemptFiles.record), JSON.stringify(record), { mode: 0o600 })
}

export function readAttemptRecord(folder: string): AttemptRecord | null {
  try {
    const { cgroup, outlivesOrphans, memoryKills } = JSON.parse(
      readSmall(join(folder, attemptFiles.record), 'utf8'),
    ) as Partial<AttemptRecord>
    return {
      cgroup: typeof cgroup === 'string' ? cgroup : null,
      outlivesOrphans: outlivesOrphans === true,
      memoryKills: Number(memoryKills),
    }
  } catch {
    // None, or half of one: as if it had no cgroup. The rest of the tree's signs are there.
    return null
  }
}

/** The attempt's cgroup, if it is of this attempt of this installation. */
export function cgroupOf(folder: string, mark: string): string | null {
  const cgroup = readAttemptRecord(folder)?.cgroup ?? null
  return cgroup !== null && isCgroupOf(cgroup, mark) ? cgroup : null
}

/** As if it had been started without one. */
export function forgetCgroup(folder: string): void {
  const record = readAttemptRecord(folder)
  if (record?.cgroup) writeAttemptRecord(folder, { ...record, cgroup: null })
}

/** Whoever's it is. To be removed when it is empty, never to be killed. */
export function cgroupOfFolder(folder: string): string | null {
  return readAttemptRecord(folder)?.cgroup ?? null
}

/** How often the kernel has killed a process of this machine because memory ran out. */
export function machineMemoryKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readSmall('/proc/vmstat', 'latin1'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
