// All artifacts, or one with all that is kept of it, as a stream keeps them.
import type { ReadonlySignal } from '@preact/signals'
import { useSignal } from '@preact/signals'
import type { ArtifactDetail, ArtifactView, Connection } from 'holdfast/client'
import { HoldfastClientError } from 'holdfast/client'
import { useEffect } from 'preact/hooks'
import { client, countRequired } from '../client.ts'
import { showConnection } from '../live.ts'

export interface Watched<View> {
  view: ReadonlySignal<View | null>
  problem: ReadonlySignal<HoldfastClientError | null>
}

export function useArtifacts(): Watched<ArtifactView[]> {
  return useWatched('', (show, watch) =>
    client.watchArtifacts({
      ...watch,
      onArtifacts(artifacts) {
        countRequired(artifacts)
        show(artifacts)
      },
    }),
  )
}

export function useArtifact(name: string): Watched<ArtifactDetail> {
  return useWatched(name, (show, watch) => client.watchArtifact(name, { ...watch, onArtifact: show }))
}

interface Watch {
  signal: AbortSignal
  onState: (state: Connection) => void
}

function useWatched<View>(key: string, start: (show: (view: View) => void, watch: Watch) => Promise<void>): Watched<View> {
  const view = useSignal<View | null>(null)
  const problem = useSignal<HoldfastClientError | null>(null)
  useEffect(() => {
    const stop = new AbortController()
    const show = (seen: View) => {
      view.value = seen
    }
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
