// A length of time in words, as it stands in log lines and failures: "4 s", "3 min 10 s", "2 h", "1 d 4 h".

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** The two largest units that are not nought, rounded down; below a second in milliseconds. */
export function durationWords(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.floor(ms))} ms`
  const largest = units.findIndex(([, unitMs]) => ms >= unitMs)
  let restMs = ms
  const parts: string[] = []
  for (const [name, unitMs] of units.slice(largest, largest + 2)) {
    const amount = Math.floor(restMs / unitMs)
    restMs -= amount * unitMs
    if (amount > 0) parts.push(`${amount} ${name}`)
  }
  return parts.join(' ')
}
