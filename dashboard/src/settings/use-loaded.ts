// What a card shows: asked for when it is drawn, and replaced by the answer of what was changed.
import { HoldfastClientError } from 'holdfast/client'
import { useEffect, useState } from 'preact/hooks'

export interface Loaded<Value> {
  value: Value | null
  problem: HoldfastClientError | null
  show(value: Value): void
  again(): Promise<void>
}

export function useLoaded<Value>(load: (call: { signal?: AbortSignal }) => Promise<Value>): Loaded<Value> {
  const [value, show] = useState<Value | null>(null)
  const [problem, setProblem] = useState<HoldfastClientError | null>(null)
  const fail = (error: unknown) => {
    if (error instanceof HoldfastClientError) setProblem(error)
  }
  useEffect(() => {
    const stop = new AbortController()
    load({ signal: stop.signal }).then(show, fail)
    return () => stop.abort()
  }, [])
  return { value, problem, show, again: () => load({}).then(show, fail) }
}
