// A module job that counts to ten, saves after each, and hangs in silence at seven in its first attempt. It ends like one that was never interrupted.
import { setTimeout as sleep } from 'node:timers/promises'
import type { JobContext } from 'holdfast/job'

export default async function count(job: JobContext): Promise<number[]> {
  const counted = (job.checkpoint as number[] | null) ?? []
  while (counted.length < 10) {
    if (counted.length === 6 && job.attempt === 1) await sleep(1e9, undefined, { signal: job.signal })
    counted.push(counted.length + 1)
    job.save(counted)
  }
  return counted
}
