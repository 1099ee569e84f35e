// The way of an attempt in a process of its own, as named steps: prepare → start → begun → follow → ended → drain → settle.
// An adopted attempt enters at "follow". Knows processes through the launcher alone.
import { join } from 'node:path'
import { limits } from '../core/limits.ts'
import type { Sighting } from '../core/liveness.ts'
import type { ProcessIdentity } from '../launch/launcher.ts'
import type { Claimed, JobRecord } from '../store/store.ts'
import { commandFor, markOf } from './command-for.ts'
import type { House } from './house.ts'
import { LeaseLostError, openLogWriter } from './log-writer.ts'
import { type SeenEnd, settle } from './settle.ts'
import { stopWhenAsked } from './stop-keeper.ts'

export interface Launched {
  process: ProcessIdentity | null
  /** Set when it could not be started, and that is the end of it. */
  settled: JobRecord | null
}

/** Starts its process, or settles it as one that cannot be started. */
export async function launchProcess(house: House, claimed: Claimed): Promise<Launched> {
  const { attempt } = claimed
  const folder = await house.launcher.prepare(attempt.folder)
  const command = await commandFor(house, claimed, folder)
  if (command === 'environment gone') return { process: null, settled: await settle(house, claimed, environmentGone) }
  await refuseLateStart(house, claimed)
  const started = await house.launcher.start(command)
  if (!started.started) {
    if (started.refused === 'already began') return { process: await findBegun(house, claimed), settled: null }
    return {
      process: null,
      settled: await settle(house, claimed, { end: 'refused', exitCode: started.exitCode, message: started.message }),
    }
  }
  await recordBegun(house, claimed, started.process)
  return { process: started.process, settled: null }
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
  if (process) await recordBegun(house, claimed, process)
  return process
}

async function recordBegun(house: House, { job, attempt }: Claimed, { pid, startedAt }: ProcessIdentity): Promise<void> {
  const begun = await house.store.claims.begun({
    fence: { jobId: job.id, attempt: attempt.attempt, leaseToken: job.leaseToken },
    pid,
    processStartedAt: startedAt,
    line: `attempt ${attempt.attempt} started, pid ${pid}`,
    now: house.clock.now(),
  })
  if (begun === 'lease lost') throw new LeaseLostError()
}

const environmentGone: SeenEnd = { end: 'refused', exitCode: 126, message: 'Could not start: the file with its environment is gone' }

/** Follows the process to its end and settles the job. */
export async function followProcess(house: House, claimed: Claimed, process: ProcessIdentity | null): Promise<JobRecord> {
  const folder = join(house.folder.attempts, claimed.attempt.folder)
  const mark = markOf(house, claimed.attempt.folder)
  const over = new AbortController()
  const signal = AbortSignal.any([house.closing, over.signal])
  const log = await openLogWriter(house, claimed, { folder, signal })
  const stopping = stopWhenAsked(house, claimed, {
    signal,
    stop: async ({ spec }) => (await house.launcher.stop({ folder, mark, process, graceMs: spec.stopGraceMs, signal })).gone,
  })
  try {
    const seen = await Promise.race([endOf(house, claimed, folder, { mark, process, signal }), stopping.lost])
    return await settle(house, await log.drained(), seen)
  } finally {
    over.abort(new LeaseLostError())
  }
}

interface Following {
  mark: string
  process: ProcessIdentity | null
  signal: AbortSignal
}

async function endOf(house: House, { attempt }: Claimed, folder: string, { mark, process, signal }: Following): Promise<SeenEnd> {
  if (attempt.bootId !== house.place.bootId) return endBeforeRestart(house, folder)
  const sighting = await endedForGood(house, attempt.folder, { folder, signal })
  // Also where no exit code can come any more: nothing is settled while somebody of the tree lives.
  const leftovers = await house.launcher.stop({ folder, mark, process, graceMs: leftoverGraceMs, signal })
  if (!leftovers.gone) throw new Error('processes that the job left behind cannot be killed')
  if (sighting.exitCode === null) return { end: 'vanished', message: 'its processes disappeared without an exit code' }
  return { end: 'exit', exitCode: sighting.exitCode, exitedAt: house.launcher.exitedAt(folder), leftovers: leftovers.found }
}

// One that never began must not begin after it was settled: a runner that was frozen on the way to its start finds the latch taken.
async function endedForGood(house: House, name: string, { folder, signal }: { folder: string; signal: AbortSignal }): Promise<Sighting> {
  for (;;) {
    const sighting = await house.launcher.ended(folder, signal)
    if (sighting.began || sighting.exitCode !== null) return sighting
    await house.launcher.prepare(name)
    if (house.launcher.bar(folder)) return sighting
  }
}

/** How long processes that a job left behind get between the polite request and the kill. */
const leftoverGraceMs = 1_000

// Nothing of before a restart lives, whatever the folder looks like. A record that was written in time counts.
function endBeforeRestart(house: House, folder: string): SeenEnd {
  const { exitCode } = house.launcher.look(folder)
  return exitCode === null
    ? { end: 'vanished', message: 'the machine was restarted while it ran' }
    : { end: 'exit', exitCode, exitedAt: house.launcher.exitedAt(folder), leftovers: false }
}
