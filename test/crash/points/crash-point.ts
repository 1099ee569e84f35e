// A moment in the life of a process at which it can be killed.

export interface CrashPoint {
  /** `rename runners/N/ready/N → attempts/N @ folder-pool.moveInto`. */
  name: string
  /** Which of the calls with this name, from 1. */
  ordinal: number
  side: 'before' | 'after'
}

export function pointText({ name, ordinal, side }: CrashPoint): string {
  return `${side} ${name} #${ordinal}`
}
