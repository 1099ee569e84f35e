// Instants by the clock of a time zone: of this browser (null), or of the one that a schedule names.

const here = Intl.DateTimeFormat().resolvedOptions().timeZone

/** The zone has another clock than this browser at that instant. */
export function isElsewhere(timeZone: string, at: number): boolean {
  return timeZone !== here && fullIn(at, timeZone) !== fullIn(at, null)
}

/** "today 14:30", "tomorrow 03:00", "Tue 1 Dec 04:30". */
export function timeIn(at: number, now: number, timeZone: string | null): string {
  const days = Math.round((midnight(at, timeZone) - midnight(now, timeZone)) / dayMs)
  const clock = format(at, timeZone, { hour: '2-digit', minute: '2-digit' })
  if (days === 0) return `today ${clock}`
  return days === 1 ? `tomorrow ${clock}` : `${format(at, timeZone, { weekday: 'short', day: 'numeric', month: 'short' })} ${clock}`
}

const dayMs = 86_400_000

/** The day of an instant there, as if it were one in UTC: days can be counted. */
function midnight(at: number, timeZone: string | null): number {
  const [day, month, year] = format(at, timeZone, { year: 'numeric', month: '2-digit', day: '2-digit' }).split('/').map(Number)
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day)
}

function fullIn(at: number, timeZone: string | null): string {
  return format(at, timeZone, { dateStyle: 'short', timeStyle: 'short' })
}

function format(at: number, timeZone: string | null, options: Intl.DateTimeFormatOptions): string {
  try {
    return new Intl.DateTimeFormat('en-GB', { ...options, ...(timeZone !== null && { timeZone }) }).format(at)
  } catch {
    // A zone that this browser does not know.
    return new Intl.DateTimeFormat('en-GB', options).format(at)
  }
}
