// A view that no stream tells of: asked for again while somebody can see it and something is active, when somebody comes back to it, and at once after
// something was changed here.
import { HoldfastClientError } from 'holdfast/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { live } from '../client.ts'
import { connection, showConnection } from '../live.ts'

export interface PolledView<View> {
  view: View | null
  /** Why there is none, or why it could not be asked for again. */
  problem: HoldfastClientError | null
  again(): Promise<void>
}

const everyMs = 5_000

export function usePolled<View>(load: (signal: AbortSignal) => Promise<View>): PolledView<View> {
  const [view, show] = useState<View | null>(null)
  const [problem, setProblem] = useState<HoldfastClientError | null>(null)
  const stop = useRef(new AbortController())
  const again = async () => {
    const { signal } = stop.current
    try {
      const seen = await load(signal)
      if (signal.aborted) return
      show(seen)
      setProblem(null)
      showConnection({ state: 'live', heardAt: Date.now(), retryAt: null })
    } catch (error) {
      if (signal.aborted || !(error instanceof HoldfastClientError)) return
      setProblem(error)
      if (error.status === 0)
        showConnection({ state: 'offline', heardAt: connection.value?.heardAt ?? null, retryAt: Date.now() + everyMs })
    }
  }
  useEffect(() => {
    stop.current = new AbortController()
    const { signal } = stop.current
    const look = () => void (document.hidden || again())
    // Where nothing is active nothing changes by itself, and after one more look nothing is asked.
    let before = ''
    const timer = setInterval(() => {
      const { state } = live.standing()
      if (state !== 'quiet' || before !== 'quiet') look()
      before = state
    }, everyMs)
    document.addEventListener('visibilitychange', look, { signal })
    look()
    return () => {
      clearInterval(timer)
      stop.current.abort()
      showConnection(null)
    }
  }, [])
  return { view, problem, again }
}
