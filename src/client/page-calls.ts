// The part of the client that every page with jobs needs: what kinds there are, one job from its submit to its end, and its log.
import type { Ask, ClientKinds, HoldfastClient } from './client.ts'
import type { Transport } from './transport.ts'
import type { Line } from './watch-view.ts'
import type { KindView } from './wire.ts'

export type PageCalls<Kinds extends ClientKinds> = Pick<
  HoldfastClient<Kinds>,
  'kinds' | 'submit' | 'list' | 'summary' | 'get' | 'cancel' | 'retry' | 'resume' | 'keepWaiting' | 'check' | 'log' | 'logTextUrl'
>

export function pageCalls<Kinds extends ClientKinds>({ transport }: Line): PageCalls<Kinds> {
  const ask = async <Answer>(...call: Parameters<Transport['json']>) => (await transport.json(...call)) as Answer
  const asking =
    <Answer>(what: string) =>
    (id: number, { signal, ...request }: Ask = {}) =>
      ask<Answer>(`${jobPath(id)}/${what}`, { method: 'POST', body: request, signal })
  return {
    kinds: async ({ signal } = {}) => (await ask<{ kinds: KindView[] }>('api/v1/kinds', { signal })).kinds,
    submit: (kind, ...[input = null, { signal, ...request } = {}]) =>
      ask(`api/v1/kinds/${encodeURIComponent(kind)}/jobs`, { method: 'POST', body: { input, ...request }, signal }),
    list: (filter = {}, { signal } = {}) => ask('api/v1/jobs', { query: { ...filter }, signal }),
    summary: ({ signal } = {}) => ask('api/v1/summary', { signal }),
    get: (id, { signal } = {}) => ask(jobPath(id), { signal }),
    cancel: asking('cancel'),
    retry: asking('retry'),
    resume: asking('resume'),
    keepWaiting: asking('keep-waiting'),
    check: asking('check'),
    log: (id, { full, ...range } = {}, { signal } = {}) =>
      ask(`${jobPath(id)}/log`, { query: { ...range, full: full ? 1 : undefined }, signal }),
    logTextUrl: (id) => transport.url(`${jobPath(id)}/log.txt`),
  }
}

function jobPath(id: number): string {
  return `api/v1/jobs/${id}`
}
