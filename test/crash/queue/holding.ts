// The life of a job that a worker holds: started once, observed, ended well, badly or unseen. Plays the runner and the job's process at once.
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Failure } from '../../../src/core/job.ts'
import type { AttemptEnd, Claimed, Fence, JobRecord } from '../../../src/store/store.ts'
import { briefOf, type Fenced, type Held } from './history.ts'
import type { Player } from './player.ts'
import { between, chance } from './world.ts'

export interface Taken {
  claimed: Claimed
  /** As it was found by whoever took it over from another. */
  found: 'new' | 'never began' | 'alive' | 'gone'
}

/** Ends when the job has ended, or the lease is lost. */
export async function hold(player: Player, { claimed, found }: Taken): Promise<void> {
  const { job, attempt } = claimed
  const held: Held = { id: job.id, attempt: attempt.attempt, token: job.leaseToken }
  player.held.add(job.id)
  try {
    if (found === 'gone') return await finish(player, held, 'unseen')
    const isNew = found === 'new' || found === 'never began'
    // Somebody who was taken for dead has begun it in the meantime: what became of that is not known.
    if (isNew && !(await start(player, held))) return await finish(player, held, 'unseen')
    if (isNew && !(await begin(player, held))) return
    await live(player, held, job)
  } finally {
    player.held.delete(job.id)
    player.wake()
  }
}

function start(player: Player, held: Held): Promise<boolean> {
  return player.recorder.call(
    'start',
    { id: held.id, attempt: held.attempt },
    { work: async () => takeLatch(latchOf(player, held)), brief: (answer) => answer },
  )
}

/** False when the lease is lost. */
async function begin(player: Player, held: Held): Promise<boolean> {
  const line = player.unlike('begun')
  const answer = await player.recorder.call(
    'begun',
    { ...held, line },
    {
      work: () =>
        player.store.claims.observe({
          fence: fenceOf(held),
          seen: { begun: { pid: process.pid, processStartedAt: null, line, at: player.clock.now() }, blocks: [] },
          now: player.clock.now(),
        }),
      brief: (one) => (one === 'lease lost' ? 'lost' : 'ok'),
    },
  )
  return answer !== 'lease lost'
}

export function latchOf(player: Player, { id, attempt }: { id: number; attempt: number }): string {
  return join(player.starts, `${id}-${attempt}`)
}

function takeLatch(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx'))
    return true
  } catch {
    return false
  }
}

async function live(player: Player, held: Held, job: JobRecord): Promise<void> {
  const { random, clock, store } = player
  const { files } = await store.jobs.detail({ id: held.id, events: 1 })
  let bytes = files.find(({ attempt }) => attempt === held.attempt)?.stdout.bytes ?? 0
  let stopping = job.state === 'stopping'
  const steps = player.draining ? 0 : chance(random, 0.06) ? between(random, 8, 20) : between(random, 0, 3)
  for (let step = 0; step < steps && !stopping; step++) {
    await clock.sleep(between(random, 1, 40))
    const seen = await observe(player, held, bytes)
    if (seen === 'lost') return
    bytes = seen.bytes
    stopping = seen.stopping
  }
  const end = chance(random, 0.62) || player.draining ? 'well' : chance(random, 0.75) ? 'badly' : 'unseen'
  await finish(player, held, chance(random, 0.03) ? 'well, output refused' : end)
}

async function observe(player: Player, held: Held, bytes: number): Promise<{ bytes: number; stopping: boolean } | 'lost'> {
  const { random, clock, store, recorder } = player
  const now = clock.now()
  const line = player.unlike('seen')
  const checkpoint = chance(random, 0.3) ? line : null
  const lineCount = between(random, 0, 4)
  const block = { stream: 'stdout' as const, fileNumber: 0, byteOffset: bytes, byteLength: lineCount * 10, lineCount, at: now }
  const seen = {
    blocks: lineCount > 0 ? [block] : [],
    notes: [line],
    heartbeatAt: now,
    ...(checkpoint === null
      ? {}
      : { checkpoint: { value: checkpoint, saved: { at: now, phase: null, done: null, total: null, unit: null } } }),
    ...(chance(random, 0.2) ? { result: line } : {}),
  }
  const answer = await recorder.call(
    'observe',
    { ...held, line, checkpoint },
    { work: () => store.claims.observe({ fence: fenceOf(held), seen, now }), brief: fenced },
  )
  return answer === 'lease lost' ? 'lost' : { bytes: bytes + lineCount * 10, stopping: answer.state === 'stopping' }
}

async function finish(player: Player, held: Held, how: AttemptEnd['end']): Promise<void> {
  const { random, store, recorder } = player
  const saidNext = player.draining || held.attempt > 8 || how === 'unseen' ? null : nextSaid(player)
  const ask = async () => {
    const line = player.unlike('end')
    const end: AttemptEnd = {
      end: how,
      failure: how === 'well' ? null : failureOf(how),
      exitCode: how === 'well' ? 0 : how === 'badly' ? 1 : null,
      saidNext,
      signal: null,
      progress: null,
      line,
      published: [],
      random: random(),
      now: player.clock.now(),
    }
    return recorder.call(
      'finish',
      { ...held, line, end: how, said: saidNext?.next ?? null },
      { work: () => store.claims.finish({ fence: fenceOf(held), end }), brief: fenced },
    )
  }
  await ask()
  // Whoever has not noticed that it is over, or lost, writes once more.
  if (chance(random, 0.05)) await ask()
  if (chance(random, 0.05)) await observe(player, held, 1_000_000)
}

function nextSaid({ random }: Player): AttemptEnd['saidNext'] {
  if (chance(random, 0.88)) return null
  const ms = between(random, 0, 200)
  return chance(random, 0.4) ? { next: 'snooze', ms } : chance(random, 0.5) ? { next: 'later', ms } : { next: 'never' }
}

function failureOf(how: AttemptEnd['end']): Failure {
  const kind = how === 'unseen' ? 'interrupted' : how === 'badly' ? 'exit' : 'publish'
  return { kind, message: how, lastLines: [], logSeq: null }
}

function fenceOf({ id, attempt, token }: Held): Fence {
  return { jobId: id, attempt, leaseToken: token }
}

function fenced(answer: JobRecord | 'lease lost'): Fenced {
  return answer === 'lease lost' ? 'lost' : briefOf(answer)
}
