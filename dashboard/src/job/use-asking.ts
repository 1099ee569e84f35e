// One request at a time, however often a button is pressed, and the sentence when it was refused.
import { HoldfastClientError } from 'holdfast/client'
import { useRef, useState } from 'preact/hooks'

export interface Asking {
  /** Leaves it alone while another one is under way. */
  ask(what: string, request: () => Promise<unknown>): void
  /** What is being asked; null: nothing. */
  busy: string | null
  refusal: string | null
}

export function useAsking(): Asking {
  // The state is drawn later than the second click of a double click comes.
  const underWay = useRef(false)
  const [busy, setBusy] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  const send = async (what: string, request: () => Promise<unknown>) => {
    if (underWay.current) return
    underWay.current = true
    setBusy(what)
    setRefusal(null)
    try {
      await request()
    } catch (error) {
      setRefusal(error instanceof HoldfastClientError ? error.message : String(error))
    }
    underWay.current = false
    setBusy(null)
  }
  return { ask: (what, request) => void send(what, request), busy, refusal }
}
