// What a process lives in: its service, its container, its limits. For people who ask what a restart would end; nothing is decided by it.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface ServiceSeen {
  unit: string
  /** As systemd says it; null where it cannot be asked. */
  killMode: string | null
}

/** The systemd service that a process is a part of; null when it is in none, as in a login session. */
export async function serviceOf(pid: number | 'self'): Promise<ServiceSeen | null> {
  const unit = unitIn(readText(`/proc/${pid}/cgroup`) ?? '')
  return unit === null ? null : { unit, killMode: await killModeOf(unit) }
}

/** Of the lines of /proc/PID/cgroup. A user's own sessions are in `user@1000.service`, which no restart of an app ends. */
export function unitIn(cgroups: string): string | null {
  const units = [...cgroups.matchAll(/\/([^/\n]+\.service)(?=\/|$)/gm)].map(([, unit = '']) => unit)
  return units.findLast((unit) => !/^user@\d+\.service$/.test(unit)) ?? null
}

/** Name of process 1 when we are in a container, else null. */
export function containerInit(): string | null {
  const isContainer =
    existsSync('/.dockerenv') ||
    existsSync('/run/.containerenv') ||
    /(docker|containerd|kubepods|libpod|lxc)/.test(readText('/proc/1/cgroup') ?? '')
  return isContainer ? (readText('/proc/1/comm')?.trim() ?? 'unknown') : null
}

/** Soft limit of open files of this process; null: none, or not known here. */
export function openFilesLimit(): number | null {
  const soft = /^Max open files\s+(\d+)/m.exec(readText('/proc/self/limits') ?? '')?.[1]
  return soft === undefined ? null : Number(soft)
}

async function killModeOf(unit: string): Promise<string | null> {
  try {
    const { stdout } = await run('systemctl', ['show', '--property=KillMode', '--value', unit], { timeout: askedMs })
    return stdout.trim() || null
  } catch {
    return null
  }
}

/** A systemd that does not answer is as good as none. */
const askedMs = 2_000

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
