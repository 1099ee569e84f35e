// How soon somebody may try a password again. Guessing becomes slow; whoever mistypes, and whoever is only named by a guesser, hardly waits.
import { limits } from '../core/limits.ts'

interface Failures {
  count: number
  lastAt: number
}

export interface SignInPace {
  /** Milliseconds to wait before the next try; 0: none. */
  wait(tried: Tried, now: number): number
  /** Counts it. Before it is known, too: of many at once all would be early enough. */
  failed(tried: Tried, now: number): void
  /** The wait begins when it is known, which takes a while. */
  known(tried: Tried, now: number): void
  succeeded(tried: Tried): void
}

export interface Tried {
  /** Where it comes from; null: unknown. */
  from: string | null
  name: string
}

export function signInPace(): SignInPace {
  const failures = new Map<string, Failures>()
  /** Who signed in from where. */
  const letIn = new Set<string>()
  const pairOf = ({ from, name }: Tried) => `${from} ${name.toLowerCase()}`
  const keysOf = ({ from, name }: Tried) => [
    { key: `from ${from}`, free: 5, mostMs: 60_000 },
    { key: `name ${name.toLowerCase()}`, free: 20, mostMs: 5_000 },
  ]
  // A guesser with many addresses is slowed, and takes every turn there is: whoever has signed in from where he is need not wait for him.
  const countedFor = (tried: Tried) => keysOf(tried).slice(0, letIn.has(pairOf(tried)) ? 1 : 2)
  return {
    wait: (tried, now) =>
      Math.max(
        ...countedFor(tried).map(({ key, free, mostMs }) => {
          const { count, lastAt } = failures.get(key) ?? { count: 0, lastAt: 0 }
          return count < free ? 0 : Math.max(0, lastAt + Math.min(mostMs, 1_000 * 2 ** Math.min(count - free, 10)) - now)
        }),
      ),
    failed(tried, now) {
      for (const { key } of keysOf(tried)) {
        const before = failures.get(key)
        const isOld = before === undefined || now - before.lastAt > forgottenMs
        failures.delete(key)
        failures.set(key, { count: isOld ? 1 : before.count + 1, lastAt: now })
      }
      // The oldest are forgotten first.
      for (const key of failures.keys()) {
        if (failures.size <= limits.tokensSeen) break
        failures.delete(key)
      }
    },
    known(tried, now) {
      for (const { key } of keysOf(tried)) {
        const before = failures.get(key)
        if (before) before.lastAt = now
      }
    },
    succeeded(tried) {
      for (const { key } of keysOf(tried)) failures.delete(key)
      letIn.delete(pairOf(tried))
      letIn.add(pairOf(tried))
      for (const pair of letIn) {
        if (letIn.size <= limits.tokensSeen) break
        letIn.delete(pair)
      }
    },
  }
}

const forgottenMs = 900_000
