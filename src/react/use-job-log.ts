// The log of one job, as much of it as a page holds.
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'
import type { Stream } from '../client/index.ts'
import { JobLog, type LogView, noLog } from './job-log.ts'
import { useLiveValue, useWanted } from './live-value.ts'
import { useLive } from './provider.ts'

export interface JobLogOptions {
  /** Only these streams; all if absent. */
  stream?: readonly Stream[] | undefined
  /** Lines that are there at first, and that each `loadEarlier` brings: 1 to 5,000, default 500. */
  tail?: number
  /** Lines that are held at most; the oldest go first. Default 5,000. */
  most?: number
  /** New lines come by themselves. Default true. */
  follow?: boolean
}

export interface JobLogState extends LogView {
  /** Brings lines from before the first one, as far as there is room for. Never rejects: see `error`. */
  loadEarlier(): Promise<void>
}

export function useJobLog(id: number | null, { stream, tail = 500, most = 5_000, follow = true }: JobLogOptions = {}): JobLogState {
  const live = useLive()
  const client = live?.client ?? null
  const streams = stream?.join()
  const log = useMemo(() => {
    if (client === null || id === null) return null
    const only = streams?.split(',') as Stream[] | undefined
    return new JobLog(client, { id, stream: only, tail, most: Math.max(tail, most), follow })
  }, [client, id, streams, tail, most, follow])
  const subscribe = useCallback((onChange: () => void) => log?.subscribe(onChange) ?? (() => {}), [log])
  const view = useSyncExternalStore(subscribe, log?.view ?? nothing, nothing)
  const attempts = useAttempts(id)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is what makes it begin again.
  useEffect(() => log?.again(), [log, attempts])
  return useMemo(() => ({ ...view, loadEarlier: log?.loadEarlier ?? (async () => {}) }), [view, log])
}

function nothing(): LogView {
  return noLog
}

/** Grows when the job is tried again. */
function useAttempts(id: number | null): number {
  const live = useLive()
  useWanted(live, id === null ? {} : { job: id })
  return useLiveValue(live, (one) => (id === null ? 0 : (one.job(id)?.attempts ?? 0)), 0)
}
