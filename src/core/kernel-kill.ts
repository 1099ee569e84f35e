// What an end by the kernel's hand is called: out of memory, or more processor time than is allowed. Pure.
import { bytesWords } from './bytes.ts'
import { durationWords } from './duration.ts'
import type { Failure, ResourceLimits } from './job.ts'

export interface KernelFacts {
  /** As a shell tells it: 128 and the signal's number. */
  exitCode: number | null
  /** Whether one of its processes was killed because memory ran out. */
  outOfMemory: 'yes' | 'likely' | 'no'
  limits: ResourceLimits
  /** The kernel holds the limit of memory by itself. */
  appliesMemory: boolean
}

/** What is to be said instead of the signal; null: nothing that is known better. */
export function kernelKill({
  exitCode,
  outOfMemory,
  limits,
  appliesMemory,
}: KernelFacts): Pick<Failure, 'kind' | 'message' | 'hint'> | null {
  if (exitCode === 128 + sigxcpu && limits.cpuSeconds !== undefined)
    return {
      kind: 'limit',
      message: `Used more than ${durationWords(limits.cpuSeconds * 1_000)} of processor time`,
      hint: 'One process of it did. Raise limits.cpuSeconds if it needs more.',
    }
  if (exitCode !== null && exitCode !== 128 + sigkill) return null
  if (outOfMemory === 'no') return null
  if (outOfMemory === 'yes' && limits.memoryBytes !== undefined && appliesMemory)
    return {
      kind: 'limit',
      message: `Out of memory: it reached its limit of ${bytesWords(limits.memoryBytes)}, so the kernel killed it`,
      hint: 'Raise limits.memoryBytes, or give it less to do at once.',
    }
  return {
    kind: 'signal',
    message: `Out of memory: the machine ran out of it, and ${outOfMemory === 'yes' ? 'the kernel killed it' : 'the kernel most likely killed it'}`,
    hint: 'Let fewer jobs run at the same time, or give the machine more memory; limits.memoryBytes says what a job may use.',
  }
}

const sigkill = 9
const sigxcpu = 24
