// Whether a process tree uses more than its job may, and in what words. Pure; the kernel's own limits work besides.
import { bytesWords } from './bytes.ts'
import { durationWords } from './duration.ts'
import type { ResourceLimits } from './job.ts'

export interface TreeUse {
  processes: number
  memoryBytes: number
  /** Processor time so far. */
  processorMs: number
}

/** "used more than 512 MB of memory (613 MB in 3 processes)", or null. Stands after "it". */
export function overLimit({ memoryBytes, cpuSeconds }: ResourceLimits, use: TreeUse): string | null {
  if (memoryBytes !== undefined && use.memoryBytes > memoryBytes)
    return `used more than ${bytesWords(memoryBytes)} of memory (${bytesWords(use.memoryBytes)} in ${processesWords(use.processes)})`
  if (cpuSeconds !== undefined && use.processorMs > cpuSeconds * 1_000)
    return `used more than ${durationWords(cpuSeconds * 1_000)} of processor time (${durationWords(use.processorMs)} in ${processesWords(use.processes)})`
  return null
}

export function processesWords(processes: number): string {
  return processes === 1 ? '1 process' : `${processes} processes`
}
