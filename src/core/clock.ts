// The clock port: everybody who needs the time of day is given one of these. Tests set it.

export interface Clock {
  /** Epoch milliseconds. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }
