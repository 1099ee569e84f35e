// What a person asks for through a hook: under way, gone wrong, and looked at again when it is done.
import { useCallback, useRef, useState } from 'react'
import { HoldfastClientError } from '../client/index.ts'
import type { Live } from '../live/live.ts'

export interface Asking {
  /** Name of what is under way; null: nothing is. */
  asking: string | null
  /** Why the last thing that was asked for was refused. */
  refused: HoldfastClientError | null
  /** Rejects with what went wrong, which is in `refused` as well: whoever does not look at the promise need not catch it. */
  ask<Answer>(name: string, act: (live: Live) => Promise<Answer>): Promise<Answer>
}

const nothingAsked = { asking: null, refused: null }

/** `of`: what it is asked of. Of another one nothing is under way, and nothing has gone wrong. */
export function useAsking(live: Live | null, of: string): Asking {
  const [state, set] = useState<Pick<Asking, 'asking' | 'refused'> & { of: string }>({ asking: null, refused: null, of })
  const { asking, refused } = state.of === of ? state : nothingAsked
  const newest = useRef(0)
  const ask = useCallback(
    <Answer>(name: string, act: (live: Live) => Promise<Answer>): Promise<Answer> => {
      const number = ++newest.current
      const settle = (error: HoldfastClientError | null) => {
        // Of several the last one counts.
        if (number === newest.current) set({ asking: null, refused: error, of })
      }
      const run = async () => {
        if (live === null) throw new TypeError('Nothing can be asked for while a page is made on a server')
        const answer = await act(live)
        await live.refresh()
        return answer
      }
      set({ asking: name, refused: null, of })
      const asked = run()
      asked.then(
        () => settle(null),
        (error) => settle(asClientError(error)),
      )
      return asked
    },
    [live, of],
  )
  return { asking, refused, ask }
}

export function asClientError(error: unknown): HoldfastClientError {
  if (error instanceof HoldfastClientError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new HoldfastClientError({ code: 'unexpected', message, hint: null, status: 0 }, { cause: error })
}
