// For who uses TanStack Query: one job as a query. Knows none of its code.
import type { HoldfastClient, JobDetail, Polled } from '../client/index.ts'

export interface JobQueryOptions {
  queryKey: readonly ['holdfast', 'job', number]
  queryFn(context: { signal: AbortSignal }): Promise<JobDetail & Polled>
  /** As long as the job is active, as often as the server says; never else. */
  refetchInterval(query: { state: { data: Polled | undefined } }): number | false
}

/** `useQuery(jobQueryOptions(client, 42))`. */
export function jobQueryOptions(client: HoldfastClient, id: number): JobQueryOptions {
  return {
    queryKey: ['holdfast', 'job', id],
    queryFn: ({ signal }) => client.get(id, { signal }),
    refetchInterval: ({ state }) => state.data?.pollAfterMs ?? false,
  }
}
