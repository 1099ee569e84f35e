// All artifacts, or one with all that is kept of it, as a stream keeps them.
import type { ArtifactDetail, ArtifactView } from 'holdfast/client'
import { client, countRequired } from '../client.ts'
import { useWatched, type Watched } from '../parts/use-watched.ts'

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
