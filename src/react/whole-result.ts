// The result of a job, fetched by itself where a list leaves it out because it is long.
import { useEffect, useState } from 'react'
import type { Job, Json } from '../client/index.ts'
import type { Live } from '../live/live.ts'

export function useWholeResult(live: Live | null, job: Job | null): Json | null {
  const [fetched, setFetched] = useState<{ of: string; result: Json } | null>(null)
  const isOmitted = job?.omitted.includes('result') ?? false
  // Another attempt has another result.
  const of = job && isOmitted ? `${job.id} ${job.attempts} ${job.state}` : null
  const id = job?.id
  useEffect(() => {
    if (!live || of === null || id === undefined) return
    const leaving = new AbortController()
    live.client.get(id, { signal: leaving.signal }).then(
      ({ result }) => setFetched({ of, result }),
      // It is asked for again with the next change, and everything else of the job is there.
      () => {},
    )
    return () => leaving.abort()
  }, [live, id, of])
  if (!isOmitted) return job?.result ?? null
  return fetched?.of === of ? fetched.result : null
}
