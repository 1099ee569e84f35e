// A list of jobs that is as things are.
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'
import type { Activity, HoldfastClientError, ListFilter } from '../client/index.ts'
import type { Live } from '../live/live.ts'
import { JobList, type JobListView, noJobs } from './job-list.ts'
import { useLiveError } from './live-value.ts'
import { useLive } from './provider.ts'

export interface JobsState extends JobListView {
  /** Brings the next page. Never rejects: see `error`. */
  loadMore(): Promise<void>
  /** Why reading failed, or else why nothing is heard. */
  error: HoldfastClientError | null
}

/** `filter.limit` is the size of a page: 1 to 200, default 50. */
export function useJobs(filter: Omit<ListFilter, 'before'> = {}): JobsState {
  const live = useLive()
  const client = live?.client ?? null
  const asked = JSON.stringify(filter)
  const list = useMemo(() => (client === null ? null : new JobList(client, JSON.parse(asked))), [client, asked])
  const subscribe = useCallback((onChange: () => void) => list?.subscribe(onChange) ?? (() => {}), [list])
  const view = useSyncExternalStore(subscribe, list?.view ?? nothing, nothing)
  const heard = useLiveError(live)
  useEffect(() => (live && list ? hearOf(live, list) : undefined), [live, list])
  return useMemo(() => ({ ...view, error: view.error ?? heard, loadMore: list?.loadMore ?? (async () => {}) }), [view, heard, list])
}

// Not by the hook's own state: what is going on changes far more often than what is shown of it.
function hearOf(live: Live, list: JobList): () => void {
  let told: Activity | null = null
  const tell = () => {
    const now = live.activity()
    if (now === null || now === told) return
    told = now
    list.hear(now)
  }
  tell()
  return live.subscribe(tell)
}

function nothing(): JobListView {
  return noJobs
}
