// Lengths of time as people read them. Pure.

/** "1m 20s", and tenths below ten seconds: "3.5s". */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)}s`
  const whole = Math.round(seconds)
  return narrow.format({ hours: Math.floor(whole / 3600), minutes: Math.floor(whole / 60) % 60, seconds: whole % 60 })
}

const narrow = new Intl.DurationFormat('en-GB', { style: 'narrow' })

/** "4:05": a place in the episode. */
export const place = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds) % 60).padStart(2, '0')}`

export const several = (amount: number, one: string, more = `${one}s`): string =>
  `${amount.toLocaleString('en-GB')} ${amount === 1 ? one : more}`
