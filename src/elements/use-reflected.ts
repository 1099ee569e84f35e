// What the host element says of itself, for the page's own style sheet, and the events that come with a change of it.
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { HoldfastElement } from './element.ts'

export interface Reflected {
  state: string
  stalled?: boolean
  busy?: boolean
}

export function useReflected(host: HoldfastElement, { state, stalled = false, busy = false }: Reflected): void {
  useLayoutEffect(() => {
    host.setAttribute('state', state)
    host.toggleAttribute('stalled', stalled)
    host.toggleAttribute('busy', busy)
  }, [host, state, stalled, busy])
}

/** Calls back when a value that is known becomes another one; the first one is no change. */
export function useChange<Value extends string | number | boolean>(
  value: Value | null | undefined,
  onChange: (from: Value, to: Value) => void,
): void {
  const last = useRef(value)
  useEffect(() => {
    const from = last.current
    if (value === null || value === undefined || value === from) return
    last.current = value
    if (from !== null && from !== undefined) onChange(from, value)
  })
}
