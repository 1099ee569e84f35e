// All that is going on, or what is going on of some kinds.
import { useMemo } from 'react'
import type { ActiveJob, Activity, HoldfastClientError, Job, Summary } from '../client/index.ts'
import { isLiveIn, useConnected, useLiveError, useLiveValue } from './live-value.ts'
import { useLive } from './provider.ts'

export interface ActivityOptions {
  /** Only jobs of these; of all if absent. */
  kinds?: readonly string[] | undefined
}

export interface ActivityState {
  /** The counts of all jobs, whatever their kind; null before the first answer. */
  summary: Activity['summary'] | null
  /** How many are active: of all kinds as the server counts them, or of `kinds` among those in `active`. */
  counts: Pick<Summary, 'active' | 'running' | 'stopping' | 'queued' | 'stalled'>
  /** The stalled first, then those that run, that stop, that wait: of the first 50 of all kinds. */
  active: readonly ActiveJob[]
  /** Those that settled last, newest end first: of the last 20 of all kinds. */
  settled: readonly Job[]
  isLoading: boolean
  /** What is shown is as things are. */
  isLive: boolean
  error: HoldfastClientError | null
}

export function useActivity({ kinds }: ActivityOptions = {}): ActivityState {
  const live = useLive()
  const activity = useLiveValue(live, (one) => one.activity(), null)
  const isLive = isLiveIn(useConnected(live))
  const error = useLiveError(live)
  const wanted = kinds?.join('\n')
  const shown = useMemo(() => partOf(activity, wanted?.split('\n')), [activity, wanted])
  return useMemo(() => ({ ...shown, isLoading: activity === null && error === null, isLive, error }), [shown, activity, isLive, error])
}

type Part = Pick<ActivityState, 'summary' | 'counts' | 'active' | 'settled'>

function partOf(activity: Activity | null, kinds: readonly string[] | undefined): Part {
  if (activity === null) return { summary: null, counts: counted([]), active: [], settled: [] }
  const { summary } = activity
  if (kinds === undefined) return { summary, counts: summary, active: activity.active, settled: activity.settled }
  const active = activity.active.filter(({ kind }) => kinds.includes(kind))
  return { summary, counts: counted(active), active, settled: activity.settled.filter(({ kind }) => kinds.includes(kind)) }
}

function counted(active: readonly ActiveJob[]): ActivityState['counts'] {
  const of = (state: Job['state']) => active.filter((job) => job.state === state).length
  return {
    ...{ active: active.length, running: of('running'), stopping: of('stopping'), queued: of('queued') },
    stalled: active.filter(({ flags }) => flags.includes('stalled')).length,
  }
}
