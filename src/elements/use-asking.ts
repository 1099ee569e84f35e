// One request at a time, however often a button is pressed, and the sentence when it came to nothing.
import { useRef, useState } from 'preact/hooks'
import { HoldfastClientError } from '../client/index.ts'
import type { HoldfastElement } from './element.ts'

export interface Asking {
  /** Does nothing while another one is under way. Resolves when it is over, and never rejects. */
  ask(request: () => Promise<unknown>): Promise<void>
  isBusy: boolean
  refusal: string | null
  /** Takes the sentence away: something else has come. */
  forget(): void
}

export function useAsking(host: HoldfastElement): Asking {
  // The state is drawn later than the second click of a double click comes.
  const underWay = useRef(false)
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)
  return {
    isBusy,
    refusal,
    forget: () => setRefusal(null),
    ask: async (request) => {
      if (underWay.current) return
      underWay.current = true
      setBusy(true)
      setRefusal(null)
      try {
        await request()
      } catch (error) {
        setRefusal(tellOf(host, error))
      }
      underWay.current = false
      setBusy(false)
    },
  }
}

/** What the server will not do is another thing than what it cannot. */
function tellOf(host: HoldfastElement, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const isRefused = error instanceof HoldfastClientError && error.status >= 400 && error.status < 500
  if (isRefused) host.tell('holdfast-denied', { reason: message })
  else host.tell('holdfast-error', { message })
  return message
}
