// What a process costs, read from /proc (Linux): memory, processor time, how often it was woken. Knows no bench.
import { readFileSync } from 'node:fs'

export interface ProcessCost {
  residentMb: number
  /** Of that, what is not shared with files on the disk: the program's own. */
  anonymousMb: number
  /** Of all threads since the start, in units of 10 ms. */
  processorMs: number
  /** Voluntary context switches of the main thread: how often it had gone to sleep. */
  sleeps: number
}

export function processCost(pid: number): ProcessCost {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in brackets may hold anything: count from the last bracket. utime and stime are fields 14 and 15, in ticks of 10 ms.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    residentMb: field('VmRSS') / 1024,
    anonymousMb: field('RssAnon') / 1024,
    processorMs: (Number(fields[11]) + Number(fields[12])) * 10,
    sleeps: field('voluntary_ctxt_switches'),
  }
}
