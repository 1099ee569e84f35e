// holdfast wait: until jobs have ended.
import type { HoldfastClient, Job } from '../../client/index.ts'
import { plain, stateWord } from '../output.ts'
import { connect, jobNumber, type Place } from '../place.ts'
import { interrupted } from './logs.ts'

/** Returns 0 when all succeeded, else the code of the first that did not: 1 failed or expired, 8 cancelled, 9 interrupted. */
export async function wait(jobs: string[], options: Place): Promise<number> {
  const ids = jobs.map(jobNumber)
  const { client, close } = await connect(options, ids)
  const signal = interrupted()
  try {
    for (const id of ids) await client.get(id)
    const settled = await Promise.all(ids.map((id) => settledJob(client, id, signal)))
    if (signal.aborted) return 130
    for (const job of settled) print(job, options)
    return settled.map(({ state }) => exitCodes[state]).find((code) => code !== 0) ?? 0
  } finally {
    await close()
  }
}

const exitCodes: Record<Job['state'], number> = {
  queued: 1,
  running: 1,
  stopping: 1,
  succeeded: 0,
  failed: 1,
  expired: 1,
  cancelled: 8,
  interrupted: 9,
}

/** The job once it is settled; its last known state when interrupted. */
export async function settledJob(client: HoldfastClient, id: number, signal: AbortSignal): Promise<Job> {
  const { logLines } = await client.get(id)
  await client.followLog(id, { after: logLines, signal })
  const { pollAfterMs: _p, history: _h, events: _e, after: _a, usual: _u, remaining: _r, ...job } = await client.get(id)
  return job
}

function print(job: Job, { json }: Place): void {
  if (json) console.log(JSON.stringify(job))
  else console.log(`${job.id}  ${stateWord(job.state)}${job.failure ? `  ${plain(job.failure.message)}` : ''}`)
}
