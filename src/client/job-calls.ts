// The part of the client that is about jobs beyond one attempt: run anew, many at once; and about kinds.
import type { Abortable, Ask } from './client.ts'
import type { Line } from './watch-view.ts'
import type { BulkAnswer, JobsFilter, Json, KindView, Polled, Submitted } from './wire.ts'

export interface Rerun extends Ask {
  /** Another input; the same as before if absent. */
  input?: Json
}

/** Which jobs: a filter, or all of them, said so. */
export type Bulk = Ask &
  (JobsFilter | { all: true }) & {
    /** Where the last call stopped. */
    before?: number
  }

export interface JobCalls {
  /** A new job of the same kind. */
  rerun(id: number, request?: Rerun): Promise<Submitted & Polled>
  /** Asks all jobs that fit to stop. One call goes through so many; go on with the answer's `before` until it is null. */
  cancelMany(bulk: Bulk): Promise<BulkAnswer>
  /** Another attempt of all jobs that fit. */
  retryMany(bulk: Bulk): Promise<BulkAnswer>
  kind(kind: string, call?: Abortable): Promise<KindView>
  /** Nothing more of it is started; what runs goes on. */
  pauseKind(kind: string, request?: Ask): Promise<KindView>
  resumeKind(kind: string, request?: Ask): Promise<KindView>
}

export function jobCalls({ transport }: Line): JobCalls {
  const post = async <Answer>(path: string, { signal, ...body }: Abortable) =>
    (await transport.json(`api/v1/${path}`, { method: 'POST', body, signal })) as Answer
  const pathOf = (kind: string) => `kinds/${encodeURIComponent(kind)}`
  return {
    rerun: (id, request = {}) => post(`jobs/${id}/rerun`, request),
    cancelMany: (bulk) => post('jobs/cancel', bulk),
    retryMany: (bulk) => post('jobs/retry', bulk),
    kind: async (kind, { signal } = {}) => (await transport.json(`api/v1/${pathOf(kind)}`, { signal })) as KindView,
    pauseKind: (kind, request = {}) => post(`${pathOf(kind)}/pause`, request),
    resumeKind: (kind, request = {}) => post(`${pathOf(kind)}/resume`, request),
  }
}
