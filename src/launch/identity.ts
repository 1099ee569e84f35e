// Which machine, which boot, which process: pid, start time and boot id name one process. A pid alone names nobody.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, uptime } from 'node:os'
import type { ProcessIdentity } from './launcher.ts'
import { processNow } from './process-table.ts'

/** Stable name of this machine; not secret, not the machine id itself. */
export function hostId(): string {
  const machine = readText('/etc/machine-id') ?? readText('/var/lib/dbus/machine-id') ?? ''
  return createHash('sha256').update(`holdfast:${machine}:${hostname()}`).digest('hex').slice(0, 16)
}

/** Differs after every restart of the machine. */
export function bootId(): string {
  return readText('/proc/sys/kernel/random/boot_id') ?? `boot-${Math.round((Date.now() / 1000 - uptime()) / 10)}`
}

/** Differs where the same number means another process: in another container of the machine. Empty where there are no such. */
export function numbering(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? ''
  } catch {
    return ''
  }
}

/** The process as it is now, or null when there is none with that number. */
export function identify(pid: number): ProcessIdentity | null {
  const row = processNow(pid)
  if (row) return { pid, startedAt: row.startedAt }
  return process.platform === 'linux' ? null : identifyByPs(pid)
}

/** Is this still the process that was meant? */
export function isSameProcess(identity: ProcessIdentity): boolean {
  return identity.startedAt !== null && identify(identity.pid)?.startedAt === identity.startedAt
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
