// Notices that a running job has gone silent, says so with the facts, and carries out what its kind declares of that; nothing else (I10).
import { limits } from '../core/limits.ts'
import { firstSilence, nextSilence, type Silence, type StallPolicy, stallVerdict } from '../core/stall.ts'
import { type Stalled, stalledWords } from '../core/stall-words.ts'
import type { Claimed, JobRecord, Observation } from '../store/store.ts'
import type { House } from './house.ts'
import { readLog } from './read-log.ts'

export interface StallKeeper {
  /** To be called about every `limits.pollMs` with the job's row as it is. */
  look(job: JobRecord): Promise<void>
}

/** Null: the job may be silent for as long as it likes. */
export function openStallKeeper(house: House, { job: { spec, leaseToken }, attempt }: Claimed): StallKeeper | null {
  const policy = spec.stall
  if (policy === null) return null
  let silence: Silence | null = null
  let isAsked = false

  async function write(job: JobRecord, seen: Pick<Observation, 'stalled' | 'notes'>): Promise<void> {
    const fence = { jobId: job.id, attempt: attempt.attempt, leaseToken }
    await house.store.claims.observe({ fence, seen: { blocks: [], ...seen }, now: house.clock.now() })
  }

  async function tellStalled(job: JobRecord, silentMs: number, policy: StallPolicy): Promise<void> {
    const now = house.clock.now()
    // A look in the future was before the clock was set back.
    const sinceMs = job.stalled === null ? null : now - job.stalled.lookedAt
    if (sinceMs !== null && sinceMs >= 0 && sinceMs < limits.stalledFactsMs) return
    const stalled = { ...(await factsOf(house, job, policy)), silentMs, lookedAt: now, since: job.stalled?.since ?? now }
    await write(job, { stalled, ...(job.stalled === null ? { notes: [`stalled: ${stalledWords(stalled)}`] } : {}) })
  }

  async function carryOut(job: JobRecord, silentMs: number, policy: StallPolicy): Promise<void> {
    isAsked = true
    const words = stalledWords({ ...(await factsOf(house, job, policy)), silentMs })
    const now = house.clock.now()
    await house.store.jobs.askStop({ id: job.id, reason: 'stall', why: `gave no sign of life: ${words}`, leaseToken, by: null, now })
  }

  return {
    async look(job) {
      if (job.state !== 'running' || isAsked) return
      const beats = { beatAt: job.heartbeatAt, waitedAt: job.waitedAt, now: house.clock.now() }
      silence = silence ? nextSilence(silence, beats, limits.pollMs) : firstSilence(policy, { ...beats, startedAt: attempt.startedAt })
      const verdict = stallVerdict(policy, silence)
      if (verdict === 'over its limit') await carryOut(job, silence.silentMs, policy)
      else if (verdict === 'stalled') await tellStalled(job, silence.silentMs, policy)
      else if (job.stalled !== null) await write(job, { stalled: null, notes: ['a sign of life again'] })
    },
  }
}

async function factsOf(
  house: House,
  job: JobRecord,
  { heartbeats }: StallPolicy,
): Promise<Omit<Stalled, 'since' | 'lookedAt' | 'silentMs'>> {
  const lines = await readLog(house, { jobId: job.id, before: job.logLines + 1, limit: 1, streams: ['stdout', 'stderr'] })
  const lastLine = lines.findLast((line) => line.attempt === job.attempts)?.text ?? null
  return { heartbeats, process: house.processes?.factsOf(job.id) ?? null, lastLine }
}
