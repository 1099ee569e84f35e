// A kind, or one unique key of it, and starting a job of it.
import { useCallback, useMemo } from 'react'
import {
  type ActiveJob,
  type AnyKinds,
  type ClientKinds,
  type HoldfastClient,
  HoldfastClientError,
  type Job,
  type Json,
  type KindActivity,
  type KindCondition,
  type SubmitRequest,
  type SubmitRest,
  type SubmittedOf,
} from '../client/index.ts'
import type { Live } from '../live/live.ts'
import { useAsking } from './asking.ts'
import { type Connected, useConnected, useLiveError, useLiveValue, useWanted } from './live-value.ts'
import { useLive } from './provider.ts'

export interface KindOptions {
  /** One unique key of the kind; all its jobs if absent. */
  key?: string | undefined
}

export type NotStartable = 'loading' | 'unknown' | 'not defined' | 'not allowed' | 'no connection' | 'active' | 'starting'

export interface KindState<Input, Result> {
  /** Null: not known yet, or there is no such kind; `isLoading` tells. */
  kind: KindActivity | null
  isLoading: boolean
  condition: KindCondition | null
  /** Its active job: the stalled one, the one that runs, or else the newest that waits. */
  job: ActiveJob | null
  /** Its job that settled last. */
  last: Job | null
  canStart: boolean
  /** Why it cannot be started, as a sentence; null where it can. */
  reason: string | null
  reasonCode: NotStartable | null
  /** `created` is false where one was active already: then `job` is that one. Rejects with what went wrong, which is in `error` too. */
  start(...rest: SubmitRest<Input>): Promise<Pick<SubmittedOf<Result>, 'job' | 'created'>>
  starting: boolean
  /** Why the last start failed, or else why nothing is heard. */
  error: HoldfastClientError | null
}

export function useKind<Kinds extends ClientKinds = AnyKinds, Kind extends keyof Kinds & string = keyof Kinds & string>(
  name: Kind,
  { key }: KindOptions = {},
): KindState<Kinds[Kind]['input'], Kinds[Kind]['result']> {
  type Start = KindState<Kinds[Kind]['input'], Kinds[Kind]['result']>['start']
  const live = useLive()
  useWanted(live, { kind: { name, ...(key !== undefined && { key }) } })
  const kind = useLiveValue(live, (one) => one.kind(name, key), undefined)
  const role = useLiveValue(live, (one) => one.standing().role, null)
  const connected = useConnected(live)
  const heard = useLiveError(live)
  const { asking, refused, ask } = useAsking(live, `${name}/${key ?? ''}`)
  const start = useCallback(
    (...asked: Asked) => ask('start', (one) => submitOrFind(one, { name, key }, asked)),
    [ask, name, key],
  ) as unknown as Start
  const starting = asking !== null
  return useMemo(() => {
    const why = whyNot({ kind, key, isAllowed: role !== 'viewer', connected, heard, starting })
    return {
      ...{ kind: kind ?? null, isLoading: kind === undefined && heard === null, condition: kind?.condition ?? null },
      ...{
        job: kind?.active ?? null,
        last: kind?.last ?? null,
        canStart: why === null,
        reason: why?.[1] ?? null,
        reasonCode: why?.[0] ?? null,
      },
      ...{ start, starting, error: refused ?? heard },
    }
  }, [kind, key, role, connected, heard, starting, refused, start])
}

interface Known {
  kind: KindActivity | null | undefined
  key: string | undefined
  isAllowed: boolean
  connected: Connected
  heard: HoldfastClientError | null
  starting: boolean
}

/** The key of a kind of which there is one active job at most. */
const onlyOne = '*'

function whyNot({ kind, key, isAllowed, connected, heard, starting }: Known): [NotStartable, string] | null {
  if (connected === 'denied') return ['not allowed', heard?.message ?? 'You may not look at jobs here.']
  if (connected === 'lost') return ['no connection', heard?.message ?? 'The server is not heard.']
  if (kind === undefined) return ['loading', 'Asking how it stands …']
  if (kind === null) return ['unknown', 'There is no such type of jobs.']
  if (!kind.isDefined) return ['not defined', 'The app that answers does not define this type of jobs.']
  if (!isAllowed) return ['not allowed', 'You may look, and not start anything.']
  if (starting) return ['starting', 'It is being started.']
  const { unique, active } = kind
  if (!unique || active === null || (key === undefined && active.uniqueKey !== onlyOne)) return null
  return ['active', active.state === 'queued' ? `Job #${active.id} waits already.` : `Job #${active.id} runs already.`]
}

interface Which {
  name: string
  key: string | undefined
}

type Asked = [input?: unknown, request?: SubmitRequest]

async function submitOrFind({ client }: Live, which: Which, asked: Asked) {
  try {
    return await client.submit(which.name, ...(asked as SubmitRest<Json | undefined>))
  } catch (error) {
    const isThere = error instanceof HoldfastClientError && error.code === 'active_exists'
    const job = isThere ? await activeOf(client, which) : null
    if (job === null) throw error
    return { job, created: false }
  }
}

async function activeOf(client: HoldfastClient, { name, key }: Which): Promise<ActiveJob | null> {
  const { kinds } = await client.activity({ kind: [key === undefined ? name : `${name}/${encodeURIComponent(key)}`] })
  return kinds[0]?.active ?? null
}
