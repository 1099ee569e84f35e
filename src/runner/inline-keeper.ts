// What a runner keeps for the functions that run inside it: which one a kind has, whether they are to make way, and which still run.
import type { Handler } from './play-handler.ts'

/** The function of a kind, if this program has it. */
export type Handlers = (kind: string) => Handler | undefined

export interface InlineKeeper {
  handlerOf: Handlers
  /** Aborted when the runner is about to close: no function is begun any more, and those that run are to stop. */
  leaving: AbortSignal
  /** Remembers that a function runs until it has settled, whatever became of its job meanwhile. */
  remember(running: Promise<unknown>): void
}

export interface OpenedKeeper extends InlineKeeper {
  /** Begins no function any more and asks those that run to stop. */
  leave(): void
  /** Functions that have not settled. */
  running(): readonly Promise<unknown>[]
}

export function openInlineKeeper(handlerOf: Handlers): OpenedKeeper {
  const leaving = new AbortController()
  const running = new Set<Promise<unknown>>()
  return {
    handlerOf,
    leaving: leaving.signal,
    remember(work) {
      running.add(work)
      const over = () => running.delete(work)
      work.then(over, over)
    },
    leave: () => leaving.abort(),
    running: () => [...running],
  }
}
