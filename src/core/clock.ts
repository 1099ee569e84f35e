// The clock port: everybody who needs the time of day, or wants to wait, is given one of these. Tests and the simulator set it.

export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Resolves after so many milliseconds; 0: after a turn of the event loop, so that others get theirs. @throws the signal's reason when aborted first */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls back again and again until stopped. Until then the process lives on. */
  every(ms: number, listener: () => void): () => void
}
