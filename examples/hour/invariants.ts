// What must be true of any app's jobs, whatever the app is for: nothing lost, doubled, stuck or half-written.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import type { HoldfastClient, Job } from 'holdfast/client'
import { processesOf } from './running-app.ts'

const most = { settleMs: 300_000, logs: 200, page: 5_000 }

/** At any time: no unique key has two jobs that run. */
export async function brokenNow(client: HoldfastClient): Promise<string[]> {
  const { jobs } = await client.list({ state: ['running', 'stopping'], limit: 200 })
  const keyed = Map.groupBy(
    jobs.filter(({ uniqueKey }) => uniqueKey !== null),
    ({ kind, uniqueKey }) => `${kind} ${uniqueKey}`,
  )
  return [...keyed].flatMap(([key, same]) =>
    same.length > 1 ? [`I2: ${same.length} jobs run for ${key}: ${same.map(({ id }) => `#${id}`).join(', ')}`] : [],
  )
}

/** When nobody asks for anything any more. */
export async function brokenAtTheEnd(
  client: HoldfastClient,
  data: string,
  acknowledged: ReadonlySet<number>,
): Promise<{ jobs: Job[]; broken: string[] }> {
  const broken: string[] = []
  const deadline = performance.now() + most.settleMs
  while ((await client.summary()).active > 0) {
    if (performance.now() > deadline) {
      const { jobs } = await client.list({ state: ['queued', 'running', 'stopping'] })
      broken.push(
        `I1: still active after ${most.settleMs / 1000} s: ${jobs.map(({ id, kind, state }) => `#${id} ${kind} ${state}`).join(', ')}`,
      )
      break
    }
    await delay(250)
  }
  const jobs = await allJobs(client)
  const there = new Set(jobs.map(({ id }) => id))
  for (const id of acknowledged) if (!there.has(id)) broken.push(`I1: job #${id} was acknowledged and is not there`)
  for (const job of jobs) if (job.state === 'failed' && !job.failure?.message) broken.push(`job #${job.id} failed without a word`)
  for (const job of jobs.slice(0, most.logs)) broken.push(...(await brokenLog(client, job)))
  for (const pid of processesOf(data)) broken.push(`I13: process ${pid} of a job is left`)
  return { jobs, broken }
}

async function allJobs(client: HoldfastClient): Promise<Job[]> {
  const all: Job[] = []
  let before: number | undefined
  for (;;) {
    const page = await client.list({ limit: 200, ...(before === undefined ? {} : { before }) })
    all.push(...page.jobs)
    if (page.before === null) return all
    before = page.before
  }
}

/** I7: numbered 1 to n without gap; a line may stand for several that were taken out. */
async function brokenLog(client: HoldfastClient, { id, logLines }: Job): Promise<string[]> {
  let seq = 0
  for (;;) {
    const { lines } = await client.log(id, { after: seq, limit: most.page })
    for (const line of lines) {
      const first = line.seq - (line.lines ?? 1) + 1
      if (first !== seq + 1) return [`I7: the log of #${id} goes from line ${seq} to line ${first}`]
      seq = line.seq
    }
    if (lines.length < most.page) return seq === logLines ? [] : [`I7: the log of #${id} has ${seq} lines, and the job says ${logLines}`]
  }
}

/** After everything was stopped: each SQLite file of the folder is whole. */
export function brokenFiles(data: string): string[] {
  return globSync('**/*.db', { cwd: data }).flatMap((path) => {
    const database = new DatabaseSync(join(data, path))
    const found = database.prepare('pragma integrity_check').all() as { integrity_check: string }[]
    database.close()
    return found[0]?.integrity_check === 'ok' ? [] : [`${path} is damaged: ${found[0]?.integrity_check}`]
  })
}
