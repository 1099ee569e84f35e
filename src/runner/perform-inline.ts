// The way of an attempt that is a function in the runner's own process, as named steps: find → lay out → play → flush → settle.
// It has no process and, without artifacts, no folder. It dies with the runner's process, and nobody adopts it.
import { join } from 'node:path'
import { limits } from '../core/limits.ts'
import { attemptFiles } from '../launch/attempt-files.ts'
import type { Claimed, JobRecord } from '../store/store.ts'
import { declaredFolder } from './declared-folder.ts'
import type { House } from './house.ts'
import { type InlineStop, openInlineStop } from './inline-stop.ts'
import { type InlineWriter, openInlineWriter } from './inline-writer.ts'
import type { Surroundings } from './job-context.ts'
import { LeaseLostError } from './log-writer.ts'
import { playHandler } from './play-handler.ts'
import { seedOutput, type Unseeded } from './seed-output.ts'
import { clearFutile, type SeenEnd, settle } from './settle.ts'
import { tell } from './tell.ts'

export function isInline({ job }: Claimed): boolean {
  return job.spec.run.type === 'inline'
}

/** Runs the function and settles the job. @throws LeaseLostError; the closing's reason when the runner closes before it has settled */
export async function performInline(house: House, claimed: Claimed): Promise<JobRecord> {
  const { inline } = house
  const handler = inline?.handlerOf(claimed.job.kind)
  if (!inline || !handler) return settle(house, claimed, noFunction(claimed.job.kind))
  const stop = openInlineStop(house, claimed, inline, () => writer.flag(['killIncomplete']))
  const writer = openInlineWriter(house, claimed, stop.lose)
  try {
    const unseeded = await patiently(house, 'begun', () => prepareOutput(house, claimed, stop.signal))
    if (unseeded) return await settleUnplayed(house, unseeded, writer)
    const around = await patiently(house, 'begun', () => surroundings(house, claimed, { stop, writer }))
    await stop.recorded()
    const playing = stop.signal.aborted ? Promise.resolve(null) : playHandler(() => handler, around)
    inline.remember(playing)
    const exitCode = await Promise.race([playing, stop.over])
    stop.ended()
    if (exitCode !== 0) {
      await clearFutile(house, claimed)
      // What it threw because everything around it closes says nothing about it.
      await stop.recorded()
    }
    return await settlePlayed(house, exitCode, { stop, writer })
  } finally {
    stop.close()
  }
}

/** Settles an attempt whose runner's process is gone, and its function with it. */
export function settleLost(house: House, claimed: Claimed): Promise<JobRecord> {
  const isRestart = claimed.attempt.bootId !== house.place.bootId
  return settle(house, claimed, {
    end: 'vanished',
    message: isRestart ? 'the machine was restarted while it ran' : 'the program that it ran in is gone',
  })
}

function noFunction(kind: string): SeenEnd {
  return { end: 'refused', exitCode: 126, message: `Could not start: kind "${kind}" has no function (run) in this program` }
}

interface Ports {
  stop: InlineStop
  writer: InlineWriter
}

async function prepareOutput(house: House, claimed: Claimed, stop: AbortSignal): Promise<Unseeded | null> {
  const { job, attempt } = claimed
  const outputs = job.spec.artifacts
  if (outputs.length === 0) return null
  const folder = await house.launcher.prepare(attempt.folder)
  const unseeded = await seedOutput(house, claimed, stop)
  if (!unseeded) house.launcher.layOut(folder, { input: JSON.stringify(job.input), checkpoint: null, outputs })
  return unseeded
}

async function settleUnplayed(house: House, unseeded: Unseeded, writer: InlineWriter): Promise<JobRecord> {
  const { claimed, seen } = await writer.rest()
  return patiently(house, 'settled', () => settle(house, claimed, unseeded, seen))
}

async function surroundings(house: House, claimed: Claimed, { stop, writer }: Ports): Promise<Surroundings> {
  const { job, attempt } = claimed
  const checkpoint = job.fromCheckpoint ? await house.store.claims.checkpoint({ jobId: job.id }) : null
  const outputs = job.spec.artifacts
  const staging = join(house.folder.attempts, attempt.folder, attemptFiles.staging)
  return {
    id: job.id,
    attempt: attempt.attempt,
    // Its own copy: what the function does to it must not be what is written down.
    input: structuredClone(job.input),
    checkpoint,
    signal: stop.signal,
    write: writer.write,
    say: writer.say,
    output: (artifact) => declaredFolder(staging, artifact, outputs),
    saved: writer.stored,
  }
}

async function settlePlayed(house: House, exitCode: number | null, { stop, writer }: Ports): Promise<JobRecord> {
  const isStopped = exitCode !== 0 && stop.signal.aborted
  const seen: SeenEnd = isStopped
    ? { end: 'stopped', message: stop.signal.reason.message }
    : { end: 'exit', exitCode: exitCode ?? 1, exitedAt: null, leftovers: 'none' }
  // The failure's words are looked for in the log.
  const isBad = exitCode !== 0 && !isStopped
  const rest = isBad ? { claimed: await writer.flushed() } : await writer.rest()
  return patiently(house, 'settled', () => settle(house, rest.claimed, seen, 'seen' in rest ? rest.seen : undefined))
}

// What is not begun or settled here is so nowhere else: trouble with it is waited out.
async function patiently<T>(house: House, done: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof LeaseLostError || house.closing.aborted) throw error
      tell(house, `an inline job could not be ${done}; it is tried again`, error)
      await house.clock.sleep(limits.pollMs, house.closing)
    }
  }
}
