// One page of jobs, kept current: the newest page comes with the stream, an older one is asked for after changes.

import type { ReadonlySignal } from '@preact/signals'
import { useSignal } from '@preact/signals'
import type { JobPage } from 'holdfast/client'
import { HoldfastClientError } from 'holdfast/client'
import { useEffect } from 'preact/hooks'
import { client, counts } from '../client.ts'
import { showConnection } from '../live.ts'
import { filterLink, type JobListFilter, matchingOf } from './job-filter.ts'

export interface ShownPage extends JobPage {
  /** Of which filter; another one than asked for while the answer is on its way. */
  of: string
}

export interface JobList {
  page: ReadonlySignal<ShownPage | null>
  problem: ReadonlySignal<HoldfastClientError | null>
}

const pageSize = 50
const reloadMs = 1_000

export function useJobList(asked: JobListFilter): JobList & { key: string } {
  const page = useSignal<ShownPage | null>(null)
  const problem = useSignal<HoldfastClientError | null>(null)
  const { chip, before } = asked
  const key = filterLink(asked)
  // The key is the filter.
  useEffect(() => {
    const stop = new AbortController()
    const { signal } = stop
    const filter = { ...(chip.states.length > 0 && { state: chip.states }), ...matchingOf(asked), limit: pageSize }
    const show = (shown: JobPage) => {
      page.value = { ...shown, of: key }
    }
    const fail = (error: unknown) => {
      if (!signal.aborted && error instanceof HoldfastClientError) problem.value = error
    }
    const loadOlder = throttled(() => client.list({ ...filter, before: before ?? 0 }, { signal }).then(show, fail), signal)
    const onPage: Parameters<typeof client.watchJobs>[1]['onPage'] = (first) => {
      counts.value = first.counts
      if (before === null) show(first)
      else loadOlder()
    }
    problem.value = null
    client.watchJobs(filter, { signal, onPage, onState: showConnection }).catch(fail)
    return () => {
      stop.abort()
      showConnection(null)
    }
  }, [key])
  return { page, problem, key }
}

/** At once, then at most once in `reloadMs`, the last call never lost. */
function throttled(run: () => void, signal: AbortSignal): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let again = false
  const settle = () => {
    timer = undefined
    if (again && !signal.aborted) start()
  }
  const start = () => {
    again = false
    timer = setTimeout(settle, reloadMs)
    run()
  }
  return () => {
    if (timer === undefined) start()
    else again = true
  }
}
