// The small world a campaign is played in: kinds, queues, keys, and what people ask for in it. Everything is decided by the random numbers given.
import { noArtifacts } from '../../../src/core/artifact.ts'
import type { JobSpec, Lock } from '../../../src/core/job.ts'
import { unlimited } from '../../../src/core/process-limits.ts'
import { uniquePolicies } from '../../../src/core/uniqueness.ts'
import type { NewJob } from '../../../src/store/store.ts'

export type Random = () => number

export const kinds = ['rebuild', 'scan', 'import'] as const
export const queues = ['default', 'slow', 'side'] as const
/** At most so many of it run at a time. */
export const limitedQueue = { queue: 'slow', concurrency: 3 } as const
export const limitedKey = { key: 'gpu', limit: 2 } as const
/** People change its limit, up to this. */
export const changingKey = { key: 'seats', limit: 3 } as const
const keys = [limitedKey.key, changingKey.key, ...Array.from({ length: 10 }, (_, index) => `server:${index + 1}`)]

export function chance(random: Random, probability: number): boolean {
  return random() < probability
}

export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

export function pick<T>(random: Random, from: readonly T[]): T {
  const one = from[Math.floor(random() * from.length)]
  if (one === undefined) throw new Error('nothing to pick from')
  return one
}

/** One job, or several that wait for each other. `known`: jobs that new ones may wait for. */
export function newJobs(random: Random, known: readonly number[], now: number): NewJob[] {
  const count = chance(random, 0.15) ? between(random, 2, 6) : 1
  return Array.from({ length: count }, (_, index) => newJob(random, { known, index, now }))
}

function newJob(random: Random, { known, index, now }: { known: readonly number[]; index: number; now: number }): NewJob {
  const earlier = index > 0 && chance(random, 0.5) ? [{ index: between(random, 0, index - 1) }] : []
  const other = known.length > 0 && chance(random, 0.12) ? [pick(random, known)] : []
  return {
    kind: pick(random, kinds),
    name: null,
    queue: pick(random, queues),
    unique: chance(random, 0.3) ? { key: `unique-${between(random, 1, 3)}`, policy: pick(random, uniquePolicies) } : null,
    input: { number: between(random, 1, 3) },
    spec: specOf(random),
    fingerprint: null,
    submittedBy: null,
    priority: chance(random, 0.3) ? between(random, -1, 1) : 0,
    availableAt: chance(random, 0.12) ? now + between(random, 20, 800) : now,
    expireAfterMs: chance(random, 0.1) ? between(random, 100, 2_000) : null,
    after: [...earlier, ...other],
    schedule: null,
  }
}

function specOf(random: Random): JobSpec {
  const delayMs = between(random, 0, 150)
  return {
    run: { type: 'command', argv: ['true'] },
    cwd: '/',
    environment: {},
    environmentFile: null,
    ...noArtifacts,
    stopGraceMs: 1_000,
    locks: locksOf(random),
    retry: chance(random, 0.4)
      ? { attempts: between(random, 2, 3), delayMs, backoff: chance(random, 0.5) ? 'fixed' : 'exponential', maxDelayMs: 400 }
      : null,
    safeToRepeat: chance(random, 0.5),
    ...unlimited,
  }
}

function locksOf(random: Random): Lock[] {
  const wanted = new Set(Array.from({ length: between(random, 0, 3) }, () => pick(random, keys)))
  return [...wanted].map((key) => {
    const lock: Lock = { key, mode: chance(random, 0.45) ? 'exclusive' : 'shared' }
    return key === limitedKey.key && chance(random, 0.5) ? { ...lock, limit: limitedKey.limit } : lock
  })
}
