// Times, durations, amounts and modes as people read them, in the time zone of this machine. Pure.

export const count = (amount: number): string => amount.toLocaleString('en-US')

export const modeWords = { data: 'profile and data', profile: 'profile only' }

/** "14:23". */
export const clock = (at: number): string => new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })

/** "at 14:23", "yesterday at 21:04", "on 12 March at 21:04". */
export function when(instant: number, now: number): string {
  const days = Math.round((midnight(now) - midnight(instant)) / 86_400_000)
  if (days === 0) return `at ${clock(instant)}`
  if (days === 1) return `yesterday at ${clock(instant)}`
  return `on ${new Date(instant).toLocaleDateString('en-GB', { day: 'numeric', month: 'long' })} at ${clock(instant)}`
}

/** "0.8 s", "41 s", "21 min 04 s". */
export function duration(ms: number): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`
}

/** "12:31": time that is still passing. */
export const passing = (ms: number): string => `${Math.floor(Math.max(0, ms) / 60_000)}:${pad(Math.floor(Math.max(0, ms) / 1000) % 60)}`

const pad = (part: number): string => String(part).padStart(2, '0')

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0)
