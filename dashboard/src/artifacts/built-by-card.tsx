// Which job types build it, how long that usually takes, and what they start from.
import type { ArtifactDetail } from 'holdfast/client'
import { useEffect, useState } from 'preact/hooks'
import { duration } from '../../../src/views/format.ts'
import { client, kinds } from '../client.ts'
import { link } from '../place.ts'

export function BuiltByCard({ artifact }: { artifact: ArtifactDetail }) {
  const { name, kept } = artifact
  const builders = kinds.value.filter(({ artifacts }) => artifacts.includes(name))
  const newest = kept[0] ?? null
  const usualMs = useUsual(newest?.jobId ?? null)
  const seeded = newest !== null && newest.seededFrom !== null
  return (
    <section class="card panel" aria-labelledby="built-by">
      <header>
        <h2 id="built-by">Built by</h2>
      </header>
      <p class="soft">
        {builders.length === 0 ? (
          'No job type of this app declares it.'
        ) : (
          <>
            Job type{' '}
            {builders.map(({ kind, title }, place) => (
              <span key={kind}>
                {place > 0 && ' or '}
                <a href={link(`job-types/${kind}`)}>{title}</a>
              </span>
            ))}
            .
          </>
        )}
        {usualMs !== null && ` Usually takes ${duration(usualMs)}.`}
        {newest !== null && (seeded ? ' Starts from a copy of the current snapshot.' : ' Starts from an empty folder.')}
      </p>
    </section>
  )
}

/** What jobs like the one that built the newest snapshot take; asked once for each. A comfort: without an answer nothing is said. */
function useUsual(jobId: number | null): number | null {
  const [usualMs, setUsualMs] = useState<number | null>(null)
  useEffect(() => {
    if (jobId === null) return
    const stop = new AbortController()
    client.get(jobId, { signal: stop.signal }).then(
      ({ usual }) => setUsualMs(usual?.durationMs ?? null),
      () => undefined,
    )
    return () => stop.abort()
  }, [jobId])
  return usualMs
}
