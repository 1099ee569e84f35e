// The way of an attempt in a process of its own, as named steps: prepare → start → begun → follow → ended → drain → settle.
// An adopted attempt enters at "follow". Knows processes through the launcher alone.
import { join } from 'node:path'
import { limits } from '../core/limits.ts'
import type { AttemptTree, ProcessIdentity } from '../launch/launcher.ts'
import type { Begun, Claimed, JobRecord } from '../store/store.ts'
import { type AttemptFlags, openFlags } from './attempt-flags.ts'
import { commandFor, markOf } from './command-for.ts'
import { endOfProcess } from './end-of-process.ts'
import type { House } from './house.ts'
import { LeaseLostError, openLogWriter } from './log-writer.ts'
import { rejectedWhen } from './rejected-when.ts'
import { watchRow } from './row-watch.ts'
import { seedOutput, seedWords } from './seed-output.ts'
import { clearFutile, type SeenEnd, settle } from './settle.ts'
import { stopWhenAsked } from './stop-keeper.ts'
import { untilGone } from './until-gone.ts'
import { canValidate } from './validate-output.ts'

export interface Launched {
  process: ProcessIdentity | null
  /** What is still to be recorded of its start. */
  begun: Begun | null
  /** Set when it could not be started, and that is the end of it. */
  settled: JobRecord | null
}

/** Starts its process, or settles it as one that cannot be started. */
export async function launchProcess(house: House, claimed: Claimed): Promise<Launched> {
  const { attempt } = claimed
  const folder = await house.launcher.prepare(attempt.folder)
  const unseeded = await seeded(house, claimed)
  if (unseeded) return notStarted(await settle(house, claimed, unseeded))
  const command = await commandFor(house, claimed, folder)
  if (command === 'environment gone') return notStarted(await settle(house, claimed, environmentGone))
  await refuseLateStart(house, claimed)
  const started = await house.launcher.start(command)
  if (!started.started) {
    if (started.refused === 'already began') return { process: await findBegun(house, claimed), begun: null, settled: null }
    return notStarted(await settle(house, claimed, { end: 'refused', exitCode: started.exitCode, message: started.message }))
  }
  return { process: started.process, begun: begunOf(house, claimed, started.process), settled: null }
}

// A large copy takes its time: who asks to stop meanwhile is not kept waiting for it.
async function seeded(house: House, claimed: Claimed): Promise<SeenEnd | null> {
  if (claimed.job.spec.from === 'empty') return null
  const stop = new AbortController()
  const unwatch = watchRow(house, claimed, {
    onStop: () => stop.abort(new Error('it was asked to before it began')),
    onLost: (error) => stop.abort(error),
    mayBeSilent: () => true,
  })
  try {
    return await seedOutput(house, claimed, stop.signal)
  } finally {
    unwatch()
  }
}

function notStarted(settled: JobRecord): Launched {
  return { process: null, begun: null, settled }
}

// A runner that was frozen since its claim may have lost the job long ago, and with it everything that would tell.
async function refuseLateStart(house: House, { job, attempt }: Claimed): Promise<void> {
  if (house.clock.now() - attempt.startedAt < limits.leaseMs) return
  const now = await house.store.jobs.get({ id: job.id })
  if (now?.leaseToken !== job.leaseToken) throw new LeaseLostError()
}

/** Its process, when an earlier runner died between starting it and writing down which one it is. */
export async function findBegun(house: House, claimed: Claimed): Promise<ProcessIdentity | null> {
  const { folder } = claimed.attempt
  const process = await house.launcher.find(join(house.folder.attempts, folder), markOf(house, folder))
  if (process) await recordBegun(house, claimed, begunOf(house, claimed, process))
  return process
}

function begunOf(house: House, { job, attempt }: Claimed, { pid, startedAt }: ProcessIdentity): Begun {
  const seeds = job.spec.from === 'empty' ? '' : seedWords(join(house.folder.attempts, attempt.folder))
  return { pid, processStartedAt: startedAt, line: `attempt ${attempt.attempt} started, pid ${pid}${seeds}`, at: house.clock.now() }
}

/** For whoever does not go on with the attempt, and so observes nothing that it could be recorded with. */
export async function recordBegun(house: House, { job, attempt }: Claimed, begun: Begun): Promise<void> {
  const fence = { jobId: job.id, attempt: attempt.attempt, leaseToken: job.leaseToken }
  const seen = { begun, blocks: [] }
  if ((await house.store.claims.observe({ fence, seen, now: house.clock.now() })) === 'lease lost') throw new LeaseLostError()
}

const environmentGone: SeenEnd = { end: 'refused', exitCode: 126, message: 'Could not start: the file with its environment is gone' }

/** Follows the process to its end and settles the job. */
export async function followProcess(
  house: House,
  claimed: Claimed,
  { process, begun = null }: { process: ProcessIdentity | null; begun?: Begun | null },
): Promise<JobRecord> {
  const tree = treeOf(house, claimed, process)
  const over = new AbortController()
  const signal = AbortSignal.any([house.closing, over.signal])
  const log = await openLogWriter(house, claimed, { folder: tree.folder, begun, signal })
  const flags = openFlags(house, claimed)
  const asked = Promise.withResolvers<void>()
  const ended = new AbortController()
  const stopping = stopWhenAsked(house, claimed, {
    signal,
    ended: ended.signal,
    ageMs: async () => (await house.launcher.measure([{ ...tree, closelyFromBytes: null }]))[0]?.ageMs ?? null,
    async stop(job) {
      asked.resolve()
      const graceMs = graceOf(job)
      return (await untilGone(house, { flags, signal, stop: () => house.launcher.stop({ ...tree, graceMs, signal }) })).gone
    },
  })
  house.processes?.add({ claimed, tree, flags, signal })
  try {
    const seen = await Promise.race([endOfProcess(house, claimed, { tree, flags, signal }), stopping.lost])
    ended.abort()
    if (seen.end !== 'exit' || seen.exitCode !== 0) await clearFutile(house, claimed)
    const { unstored, ...known } = await log.drained({ keepsLast: settlesAtOnce(claimed, seen) })
    const settlesHere = canValidate(house, claimed) || seen.end !== 'exit' || seen.exitCode !== 0
    if (settlesHere) return await settle(house, known, seen, unstored)
    await Promise.race([waitForApp(house, { claimed, flags, asked: asked.promise, signal }), stopping.lost])
    return await settle(house, known, { end: 'stopped', message: 'nobody had looked at its output yet' })
  } finally {
    over.abort(new LeaseLostError())
  }
}

interface Waiting {
  claimed: Claimed
  flags: AttemptFlags
  /** Resolves when it is asked to stop. */
  asked: Promise<void>
  /** Aborted when the attempt is over for this runner. */
  signal: AbortSignal
}

// Its output is to be looked at by a function of the app, which this program does not have. Whoever has it takes the job over from here.
async function waitForApp(house: House, { claimed, flags, asked, signal }: Waiting): Promise<void> {
  await flags.set('unchecked', `exit 0; its output waits for a program that has the kind "${claimed.job.kind}", to look at it`)
  // It keeps nobody from a slot.
  house.onEnding?.()
  await Promise.race([asked, rejectedWhen(signal)])
}

/** Where the attempt's processes are. */
export function treeOf(house: House, { attempt }: Claimed, process: ProcessIdentity | null): AttemptTree {
  return { folder: join(house.folder.attempts, attempt.folder), mark: markOf(house, attempt.folder), process }
}

// Nothing is to be read back from the log, and nothing to be published, before the end is written: what was written last can go with it.
function settlesAtOnce({ job }: Claimed, seen: SeenEnd): boolean {
  return seen.end === 'exit' && seen.exitCode === 0 && job.spec.artifacts.length === 0
}

// Who takes more than his share of the machine gets no long goodbye.
function graceOf({ spec, stopReason }: JobRecord): number {
  return stopReason === 'limit' ? Math.min(spec.stopGraceMs, limits.limitGraceMs) : spec.stopGraceMs
}
