// A view that a stream keeps current while the page shows it.
import type { ReadonlySignal } from '@preact/signals'
import { useSignal } from '@preact/signals'
import type { Connection } from 'holdfast/client'
import { HoldfastClientError } from 'holdfast/client'
import { useEffect } from 'preact/hooks'
import { showConnection } from '../live.ts'

export interface Watched<View> {
  view: ReadonlySignal<View | null>
  problem: ReadonlySignal<HoldfastClientError | null>
}

export interface Watch {
  signal: AbortSignal
  onState: (state: Connection) => void
}

/** The key says what is watched: another one is another stream, and what was there stays until it has come. */
export function useWatched<View>(key: string, start: (show: (view: View) => void, watch: Watch) => Promise<void>): Watched<View> {
  const view = useSignal<View | null>(null)
  const problem = useSignal<HoldfastClientError | null>(null)
  useEffect(() => {
    const stop = new AbortController()
    const show = (seen: View) => {
      view.value = seen
    }
    problem.value = null
    start(show, { signal: stop.signal, onState: showConnection }).catch((error: unknown) => {
      if (!stop.signal.aborted && error instanceof HoldfastClientError) problem.value = error
    })
    return () => {
      stop.abort()
      showConnection(null)
    }
  }, [key])
  return { view, problem }
}
