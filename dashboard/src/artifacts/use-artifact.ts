// All artifacts, or one with all that is kept of it, as a stream keeps them.
import type { ArtifactDetail, ArtifactView } from 'holdfast/client'
import { client, countRequired, loadSummary } from '../client.ts'
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
  return useWatched(name, (show, watch) => {
    let before: string | null = null
    const onArtifact = (artifact: ArtifactDetail) => {
      const told = `${artifact.required} ${artifact.building?.jobId}`
      // How many are required is told beside every page, and while nothing is active nothing else tells of it.
      if (before !== null && before !== told) void loadSummary()
      before = told
      show(artifact)
    }
    return client.watchArtifact(name, { ...watch, onArtifact })
  })
}
