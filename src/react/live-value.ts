// How a hook looks at what the page knows: told after changes, drawn again only where what it looks at is another object.
import { useCallback, useEffect, useSyncExternalStore } from 'react'
import type { HoldfastClientError } from '../client/index.ts'
import type { Live, Standing, Wanted } from '../live/live.ts'

/** What `look` finds. It must return the same object until that has changed. On a server, and while a page of it comes to life: `initial`. */
export function useLiveValue<Value>(live: Live | null, look: (live: Live) => Value, initial: Value): Value {
  const subscribe = useCallback((onChange: () => void) => live?.subscribe(onChange) ?? (() => {}), [live])
  return useSyncExternalStore(
    subscribe,
    () => (live ? look(live) : initial),
    () => initial,
  )
}

/** Looks after something as long as the hook is there. */
export function useWanted(live: Live | null, { job, kind, artifact }: Wanted): void {
  const { name, key } = kind ?? {}
  useEffect(() => {
    if (!live || (job === undefined && name === undefined && artifact === undefined)) return
    return live.want({
      ...(job !== undefined && { job }),
      ...(name !== undefined && { kind: { name, ...(key !== undefined && { key }) } }),
      ...(artifact !== undefined && { artifact }),
    })
  }, [live, job, name, key, artifact])
}

export type Connected = Standing['state']

export function useConnected(live: Live | null): Connected {
  return useLiveValue(live, (one) => one.standing().state, 'loading')
}

/** What is shown is as things are: changes are told as they come, or nothing is active. */
export function isLiveIn(state: Connected): boolean {
  return state === 'live' || state === 'quiet'
}

export function useLiveError(live: Live | null): HoldfastClientError | null {
  return useLiveValue(live, (one) => one.standing().error, null)
}
