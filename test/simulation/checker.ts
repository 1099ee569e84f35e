// Looks at the whole world after each thing that happened, and compares it with the promises of DESIGN §2.
// Knows nothing of how they are kept: it sees rows, processes and files as anybody could.
import { basename } from 'node:path'
import sql from 'sql-template-tag'
import { isSettled, transitions } from '../../src/core/transitions.ts'
import type { Fence, JobRecord, NewJob, ScheduleRecord, SubmittedJob } from '../../src/store/store.ts'
import type { FakeProcess, Happening } from '../../src/testing/fake-processes.ts'
import { checkClaim, type InLine, readLine } from './check-claim.ts'
import { conflictAmong } from './conflicts.ts'
import { broken, type World } from './world.ts'

export interface PortCalled {
  /** `claims.finish` */
  what: string
  asked: unknown
  answer: unknown
  /** Who called. */
  program: string
}

export interface Checker {
  called(call: PortCalled): Promise<void>
  /** Every job there is, as it was seen last. */
  jobs(): JobRecord[]
  /** Submits that were answered. */
  acknowledged: ReadonlySet<number>
  /** When a job last changed. */
  readonly changedAt: number
}

export function openChecker(world: World): Checker {
  const known = new Map<number, JobRecord>()
  const acknowledged = new Set<number>()
  const retries = new Map<number, number>()
  const firings = new Set<string>()
  let changedAt = 0
  let line: readonly InLine[] = []
  const tell = (promise: string, what: string) => broken(world, promise, what)
  world.machine.watch((happening) => checkProcess(world, known, happening))

  async function called(call: PortCalled): Promise<void> {
    if (reads.has(call.what)) return
    checkFence(call, known, tell)
    if (call.what === 'jobs.retry') count(retries, (call.asked as { id: number }).id)
    const before = new Map(known)
    const changed = await refresh(call.what)
    for (const job of changed) checkChange({ call, before: before.get(job.id), job, retries: retries.get(job.id) ?? 0 }, tell)
    if (call.what === 'claims.claim') await checkClaim({ world, known, line }, call)
    line = await readLine(world)
    if (call.what === 'jobs.submit') checkSubmit(call, known, acknowledged, tell)
    if (call.what === 'schedules.fire') checkFiring(call, firings, tell)
    checkTogether(world, known, tell)
    ring(call, changed, before)
  }

  async function refresh(what: string): Promise<JobRecord[]> {
    const changed: JobRecord[] = []
    const rows = await world.database.query(sql`select id, version from jobs order by id`)
    for (const { id, version } of rows) {
      if (known.get(Number(id))?.version === Number(version)) continue
      const job = await world.store.jobs.get({ id: Number(id) })
      if (job) changed.push(job)
    }
    const there = new Set(rows.map(({ id }) => Number(id)))
    for (const job of known.values()) if (!there.has(job.id)) forget(what, job)
    for (const job of changed) known.set(job.id, job)
    if (changed.length > 0) changedAt = world.time.now()
    return changed
  }

  // Only retention removes a job, and only one that has settled.
  function forget(what: string, { id, state }: JobRecord): void {
    if (what !== 'jobs.prune' || !isSettled(state)) tell('I1', `${what} removed job ${id}, which was ${state}`)
    known.delete(id)
    acknowledged.delete(id)
  }

  function ring({ what }: PortCalled, changed: readonly JobRecord[], before: ReadonlyMap<number, JobRecord>): void {
    const isOfJobs =
      what.startsWith('queues.') || changed.some((job) => job.state !== before.get(job.id)?.state || job.hold !== before.get(job.id)?.hold)
    for (const bell of [...world.bells]) if (isOfJobs || (changed.length > 0 && bell.of === 'lines')) bell.ring()
  }

  return {
    called,
    jobs: () => [...known.values()],
    acknowledged,
    get changedAt() {
      return changedAt
    },
  }
}

type Tell = (promise: string, what: string) => void

const reads: ReadonlySet<string> = new Set([
  ...['get', 'list', 'count', 'unsettled', 'detail', 'existing'].map((name) => `jobs.${name}`),
  ...['queues.list', 'queues.kinds', 'queues.lockKeys', 'schedules.list', 'schedules.due', 'claims.checkpoint', 'logs.blocks'],
  ...['notifications.due', 'runners.list', 'runners.renew', 'artifacts.current', 'artifacts.list', 'artifacts.names'],
])

function count(counts: Map<number, number>, id: number): void {
  counts.set(id, (counts.get(id) ?? 0) + 1)
}

function checkFence({ what, asked, answer }: PortCalled, known: ReadonlyMap<number, JobRecord>, tell: Tell): void {
  const { fence } = asked as { fence?: Fence }
  const job = fence && known.get(fence.jobId)
  if (!fence || !job || fence.leaseToken === job.leaseToken) return
  if (answer !== 'lease lost')
    tell('I6', `${what} of job ${job.id} with lease token ${fence.leaseToken} was carried out, when ${job.leaseToken} was the newest`)
}

interface Change {
  call: PortCalled
  before: JobRecord | undefined
  job: JobRecord
  /** How often people asked for another attempt. */
  retries: number
}

function checkChange({ call: { what }, before, job, retries }: Change, tell: Tell): void {
  const snoozes = (job.command?.[1] ?? '').split('"snooze"').length - 1
  const most = (1 + retries) * ((job.spec.retry?.attempts ?? 1) + (job.spec.safeToRepeat ? 3 : 0) + snoozes)
  if (job.attempts > most) tell('I4', `job ${job.id} has had ${job.attempts} attempts, when its policy and people allow ${most}`)
  if (job.state === 'queued' && job.hold !== 'ready' && job.waitingFor === null)
    tell('I1', `job ${job.id} is held (${job.hold}), and nobody can say what for`)
  if (!before) return
  if (job.leaseToken < before.leaseToken || job.attempts < before.attempts)
    tell('I6', `${what} turned job ${job.id} back to an older attempt or lease`)
  if (isSettled(before.state) && what !== 'jobs.retry' && settledFields(before) !== settledFields(job))
    tell('I5', `${what} changed job ${job.id}, which had settled: ${settledFields(before)} to ${settledFields(job)}`)
  const isLegal = transitions.some(({ from, to }) => from.includes(before.state) && to === job.state)
  if (before.state !== job.state && !isLegal) tell('I5', `${what} moved job ${job.id} from ${before.state} to ${job.state}`)
}

function settledFields({ state, exitCode, signal, failure, result, finishedAt, attempts }: JobRecord): string {
  return JSON.stringify({ state, exitCode, signal, failure, result, finishedAt, attempts })
}

function checkSubmit({ asked, answer }: PortCalled, known: ReadonlyMap<number, JobRecord>, acknowledged: Set<number>, tell: Tell): void {
  const { jobs } = asked as { jobs: NewJob[] }
  for (const [index, submitted] of (answer as SubmittedJob[]).entries()) {
    const wanted = jobs[index]
    if (!('job' in submitted) || !wanted) continue
    const { job } = submitted
    acknowledged.add(job.id)
    if (!known.has(job.id)) tell('I1', `job ${job.id} was acknowledged and is not there`)
    if (job.kind !== wanted.kind || job.uniqueKey !== (wanted.unique?.key ?? null))
      tell('I2', `a submit of ${wanted.kind} was answered with job ${job.id} of ${job.kind}`)
    if (!submitted.created && isSettled(job.state)) tell('I2', `a submit was answered with job ${job.id}, which was ${job.state}`)
    if (JSON.stringify(job.locks) !== JSON.stringify(wanted.spec.locks) && submitted.created)
      tell('I3', `job ${job.id} has lost its lock keys`)
  }
}

function checkFiring({ asked, answer }: PortCalled, firings: Set<string>, tell: Tell): void {
  const { schedule, job } = asked as { schedule: ScheduleRecord; job: NewJob | null }
  if (job === null || answer === 'fired by another' || answer === null) return
  const firing = `${schedule.name} of ${schedule.nextAt}`
  if (firings.has(firing)) tell('schedule', `${firing} was fired twice`)
  firings.add(firing)
}

/** What must hold between jobs, and between rows and processes, at any moment. */
function checkTogether(world: World, known: ReadonlyMap<number, JobRecord>, tell: Tell): void {
  const jobs = [...known.values()]
  const running = jobs.filter(({ state }) => state === 'running' || state === 'stopping')
  for (const [what, list] of [
    ['running', running],
    ['queued', jobs.filter(({ state }) => state === 'queued')],
  ] as const) {
    const keyed = list.filter(({ uniqueKey }) => uniqueKey !== null)
    for (const [key, same] of Map.groupBy(keyed, ({ kind, uniqueKey }) => `${kind} ${uniqueKey}`))
      if (same.length > 1) tell('I2', `jobs ${same.map(({ id }) => id).join(' and ')} are both ${what} with the unique key ${key}`)
  }
  const conflict = conflictAmong(running)
  if (conflict) tell('I3', `running ${conflict}`)
  for (const process of world.machine.living()) checkOwner(world, known, process)
}

/** A living process is of a job that runs, in the attempt that runs. */
function checkOwner(world: World, known: ReadonlyMap<number, JobRecord>, process: FakeProcess): void {
  const { jobId, attempt } = attemptOf(process.folder)
  const job = known.get(jobId)
  if (!job) broken(world, 'I12', `a process runs for job ${jobId}, which is not there`)
  else if (job.state !== 'running' && job.state !== 'stopping')
    broken(world, 'I3', `job ${jobId} is ${job.state}, and ${process.role} process ${process.pid} of its attempt ${attempt} still lives`)
  else if (job.attempts !== attempt)
    broken(world, 'I4', `a process of attempt ${attempt} of job ${jobId} lives beside attempt ${job.attempts}`)
}

function checkProcess(world: World, known: ReadonlyMap<number, JobRecord>, happening: Happening): void {
  const { process } = happening
  const { jobId } = attemptOf(process.folder)
  const place = world.machine.folder(process.folder)
  if (happening.what === 'wrote') return
  world.history.add(
    `${world.time.now()} ${process.role} ${process.pid} of ${basename(process.folder)} ${happening.what} ${place.exitCode ?? ''}`,
  )
  if (happening.what === 'ended') return
  if (place.starts > 1) broken(world, 'I4', `attempt ${basename(process.folder)} was started ${place.starts} times`)
  checkOwner(world, known, process)
  if (happening.what === 'began') checkCheckpoint(world, known.get(jobId), process.folder)
  if (happening.what === 'signalled') checkSignal(world, known.get(jobId), happening)
  const alive = new Set(world.machine.living().map(({ folder }) => attemptOf(folder).jobId))
  const conflict = conflictAmong([...known.values()].filter(({ id }) => alive.has(id)))
  if (conflict) broken(world, 'I3', `processes live of ${conflict}`)
}

/** It is given what the attempts before it saved last; and nothing when it starts anew. */
function checkCheckpoint(world: World, job: JobRecord | undefined, folder: string): void {
  const { machine } = world
  const { jobId, attempt } = attemptOf(folder)
  const earlier = Array.from({ length: attempt - 1 }, (_, index) => folderOf(machine, jobId, index + 1)).filter((one) => one !== undefined)
  const said = earlier.flatMap(({ events }) => events.text().match(/(?<=^\{"checkpoint":).*(?=\}$)/gm) ?? [])
  const expected = job?.fromCheckpoint ? (said.at(-1) ?? null) : null
  const given = machine.folder(folder).given?.checkpoint ?? null
  if (given !== expected)
    broken(world, 'I9', `attempt ${attempt} of job ${jobId} began with the checkpoint ${given}, when the last one was ${expected}`)
}

// Who is not being stopped is signalled only for what his command has left behind.
function checkSignal(world: World, job: JobRecord | undefined, { sent, process }: Happening & { what: 'signalled' }): void {
  if (sent.mark !== process.mark || sent.folder !== process.folder)
    broken(
      world,
      'I12',
      `${sent.signal} meant for ${basename(sent.folder)} was sent to process ${process.pid} of ${basename(process.folder)}`,
    )
  const hasEnded = world.machine.folder(process.folder).exitCode !== null
  if (job?.state === 'running' && !hasEnded && process.role === 'main')
    broken(world, 'I10', `${sent.signal} was sent to job ${job.id}, which nobody asked to stop`)
}

/** The folder of an attempt; its name ends in a part of who claimed it. */
export function folderOf(machine: World['machine'], jobId: number, attempt: number) {
  const path = [...machine.folders().keys()].find((one) => basename(one).startsWith(`${jobId}-${attempt}-`))
  return path === undefined ? undefined : machine.folder(path)
}

export function attemptOf(folder: string): { jobId: number; attempt: number } {
  const [jobId, attempt] = basename(folder).split('-').map(Number)
  return { jobId: jobId ?? 0, attempt: attempt ?? 0 }
}
