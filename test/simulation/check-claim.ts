// What must be true of every job that a claim gives away: it was its turn.
import sql from 'sql-template-tag'
import type { JobRecord } from '../../src/store/store.ts'
import type { PortCalled } from './checker.ts'
import { broken, type World } from './world.ts'

/** A job that waits in the line of a lock key. */
export interface InLine {
  jobId: number
  priority: number
  key: string
  isExclusive: boolean
}

export async function readLine({ database }: World): Promise<InLine[]> {
  const rows = await database.query(sql`select job_locks.job_id, jobs.priority, lock_keys.name, job_locks.mode from job_locks
    join lock_keys on lock_keys.id = job_locks.key_id join jobs on jobs.id = job_locks.job_id where jobs.state = 'queued' and (job_locks.stage = 1 or jobs.hold = 2)`)
  return rows.map((row) => ({
    jobId: Number(row.job_id),
    priority: Number(row.priority),
    key: String(row.name),
    isExclusive: row.mode === 2,
  }))
}

interface Known {
  world: World
  /** As they are after the claim. */
  known: ReadonlyMap<number, JobRecord>
  /** As it was before the claim. */
  line: readonly InLine[]
}

export async function checkClaim({ world, known, line }: Known, { asked, answer }: PortCalled): Promise<void> {
  const { kinds } = asked as { kinds: string[] }
  const { queues, kinds: doors } = await world.store.queues.list()
  for (const { job } of (answer as { claimed: { job: JobRecord }[] }).claimed) {
    const wrong = (what: string) => broken(world, 'claim', `job ${job.id} was started ${what}`)
    if (!kinds.includes(job.kind)) wrong(`by a runner that does not know ${job.kind}`)
    if (job.availableAt > world.latestAt()) wrong('before its time')
    const { after } = await world.store.jobs.detail({ id: job.id, events: 1 })
    for (const id of after)
      if (known.get(id)?.state !== 'succeeded') wrong(`while job ${id}, which must succeed first, was ${known.get(id)?.state}`)
    const queue = queues.find((one) => one.queue === job.queue)
    if (queue?.pausedAt != null || doors.find(({ kind }) => kind === job.kind)?.pausedAt != null)
      wrong('while its queue or kind was paused')
    const running = [...known.values()].filter(
      ({ state, queue: name }) => name === job.queue && (state === 'running' || state === 'stopping'),
    ).length
    if (queue?.concurrency != null && running > queue.concurrency)
      wrong(`as the ${running}th of queue ${job.queue}, which takes ${queue.concurrency}`)
    const overtaken = line.find((other) => isOvertaken(other, job) && known.get(other.jobId)?.state === 'queued')
    if (overtaken) wrong(`before job ${overtaken.jobId}, which was ahead of it in the line of ${overtaken.key}`)
  }
}

function isOvertaken(other: InLine, { id, priority, locks }: JobRecord): boolean {
  const isAhead = other.priority < priority || (other.priority === priority && other.jobId < id)
  return isAhead && locks.some(({ key, mode }) => key === other.key && (other.isExclusive || mode === 'exclusive'))
}
