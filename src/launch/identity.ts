// Which machine, which boot, which process: pid, start time and boot id name one process. A pid alone names nobody.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname, uptime } from 'node:os'
import type { ProcessIdentity } from './launcher.ts'

/** Stable name of this machine; not secret, not the machine id itself. */
export function hostId(): string {
  const machine = readText('/etc/machine-id') ?? readText('/var/lib/dbus/machine-id') ?? ''
  return createHash('sha256').update(`holdfast:${machine}:${hostname()}`).digest('hex').slice(0, 16)
}

/** Differs after every restart of the machine. */
export function bootId(): string {
  return readText('/proc/sys/kernel/random/boot_id') ?? `boot-${Math.round((Date.now() / 1000 - uptime()) / 10)}`
}

/** The process as it is now, or null when there is none with that number. */
export function identify(pid: number): ProcessIdentity | null {
  const stat = readProcessStat(pid)
  if (stat) return { pid, startedAt: stat.startedAt }
  return process.platform === 'linux' ? null : identifyByPs(pid)
}

/** Is this still the process that was meant? */
export function isSameProcess(identity: ProcessIdentity): boolean {
  return identity.startedAt !== null && identify(identity.pid)?.startedAt === identity.startedAt
}

export interface ProcessStat {
  pid: number
  parent: number
  session: number
  state: string
  startedAt: string
}

/** From /proc; null where there is none. */
export function readProcessStat(pid: number): ProcessStat | null {
  const text = readText(`/proc/${pid}/stat`)
  if (text === null) return null
  // The name in brackets may hold anything, brackets and spaces too: count from the last bracket.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { pid, state: fields[0] ?? '', parent: Number(fields[1]), session: Number(fields[3]), startedAt: fields[19] ?? '' }
}

function identifyByPs(pid: number): ProcessIdentity | null {
  try {
    const startedAt = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
    return startedAt === '' ? null : { pid, startedAt }
  } catch {
    return null
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}
