// One job: by its number, or whichever a kind or key has now.
import { useMemo } from 'react'
import type { ActiveJob, Ask, Failure, HoldfastClient, HoldfastClientError, Job, JobState, Json, Progress } from '../client/index.ts'
import type { Live } from '../live/live.ts'
import { type Asking, useAsking } from './asking.ts'
import { useNow } from './clock.ts'
import { isLiveIn, useConnected, useLiveError, useLiveValue, useWanted } from './live-value.ts'
import { useLive } from './provider.ts'
import { useWholeResult } from './whole-result.ts'

/** A job's number, or the kind whose active job is meant: or else the one of it that ended last. */
export type JobTarget = number | { kind: string; key?: string | undefined }

export interface JobOptions {
  /** False: `elapsedMs`, `heartbeatAgoMs` and `remaining` are as of the last change, and nothing is drawn again each second. Default true. */
  ticks?: boolean
}

export interface JobStanding<Result> {
  /** Null: not known yet, or there is none; `isLoading` tells. */
  job: ActiveJob | Job | null
  isLoading: boolean
  state: JobState | null
  progress: Progress | null
  /** The phase it is in. */
  phase: Progress['phase']
  /** The facts while it is silent for longer than it may. */
  stalled: Job['stalled']
  /** Milliseconds since its last sign of life, while it runs. */
  heartbeatAgoMs: number | null
  /** Milliseconds from its start until now, or its end. */
  elapsedMs: number | null
  /** Milliseconds that it and its phase will still take; null where that cannot be said. */
  remaining: { jobMs: number | null; phaseMs: number | null } | null
  failure: Failure | null
  /** What it resulted in, whole; null before. */
  result: Result | null
  cancel(request?: Ask): Promise<Job>
  /** Another attempt from its checkpoint. */
  resume(request?: Ask): Promise<Job>
  /** Another attempt from the start. */
  retry(request?: Ask): Promise<Job>
  keepWaiting(request?: Ask): Promise<Job>
  /** Which of the four is under way. */
  asking: JobAction | null
  /** What is shown is as things are. False: before the first answer, and while the server is not heard. */
  isLive: boolean
  /** Why the last thing that was asked for was refused, or else why nothing is heard. */
  error: HoldfastClientError | null
}

const actions = ['cancel', 'resume', 'retry', 'keepWaiting'] as const
export type JobAction = (typeof actions)[number]

export function useJob<Result = Json>(target: JobTarget | null, { ticks = true }: JobOptions = {}): JobStanding<Result> {
  const live = useLive()
  const found = useFound(live, target)
  const job = found ?? null
  const isLive = isLiveIn(useConnected(live))
  const heard = useLiveError(live)
  const whole = useWholeResult(live, job)
  const { asking, refused, ask } = useAsking(live, String(job?.id))
  const calls = useCalls(job?.id ?? null, ask)
  // What is not heard of any more does not get older.
  const now = useNow(ticks && isLive && job !== null && isRunning(job))
  const times = useTimes(job, now)
  const isAsked = target !== null
  return useMemo(() => {
    const isLoading = isAsked && found === undefined && heard === null
    const { state = null, progress = null, stalled = null, failure = null } = job ?? {}
    return {
      ...{ job, isLoading, state, progress, phase: progress?.phase ?? null, stalled, ...times, failure, result: whole as Result | null },
      ...{ ...calls, asking: asking as JobAction | null, isLive, error: refused ?? heard },
    }
  }, [isAsked, found, job, times, whole, calls, asking, isLive, refused, heard])
}

/** Undefined: not known yet. */
function useFound(live: Live | null, target: JobTarget | null): ActiveJob | Job | null | undefined {
  const id = typeof target === 'number' ? target : undefined
  const { kind, key } = typeof target === 'object' && target !== null ? target : {}
  useWanted(live, {
    ...(id !== undefined && { job: id }),
    ...(kind !== undefined && { kind: { name: kind, ...(key !== undefined && { key }) } }),
  })
  return useLiveValue<ActiveJob | Job | null | undefined>(
    live,
    (one) => {
      if (id !== undefined) return one.job(id)
      if (kind === undefined) return null
      const standing = one.kind(kind, key)
      return standing && (standing.active ?? standing.last)
    },
    undefined,
  )
}

type Calls = Pick<JobStanding<unknown>, JobAction>

function useCalls(id: number | null, ask: Asking['ask']): Calls {
  return useMemo(() => {
    const calling = (name: JobAction) => (request?: Ask) =>
      ask(name, ({ client }: { client: HoldfastClient }) => {
        if (id === null) throw new TypeError('There is no job yet')
        return client[name](id, request)
      })
    return Object.fromEntries(actions.map((name) => [name, calling(name)])) as unknown as Calls
  }, [id, ask])
}

type Times = Pick<JobStanding<unknown>, 'heartbeatAgoMs' | 'elapsedMs' | 'remaining'>

function useTimes(job: ActiveJob | Job | null, now: number): Times {
  return useMemo(() => {
    if (job === null || job.startedAt === null) return { heartbeatAgoMs: null, elapsedMs: null, remaining: null }
    const until = job.finishedAt ?? now
    const isGoing = isRunning(job)
    return {
      heartbeatAgoMs: isGoing ? Math.max(0, now - (job.heartbeatAt ?? job.startedAt)) : null,
      elapsedMs: Math.max(0, until - job.startedAt),
      remaining: isGoing && 'remaining' in job && job.remaining ? left(job.remaining, now) : null,
    }
  }, [job, now])
}

/** A job that is over its usual time says nothing. */
function left({ jobMs, phaseMs, at }: NonNullable<ActiveJob['remaining']>, now: number): Times['remaining'] {
  const sinceMs = Math.max(0, now - at)
  const rest = (ms: number | null) => (ms !== null && ms > sinceMs ? ms - sinceMs : null)
  const [job, phase] = [rest(jobMs), rest(phaseMs)]
  return job === null && phase === null ? null : { jobMs: job, phaseMs: phase }
}

function isRunning({ state }: Job): boolean {
  return state === 'running' || state === 'stopping'
}
