// Numbers and times as people read them. Pure; knows no job.

/** Keeps a number and its unit on one line. */
const thin = '\u202f'
const numbers = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const clockWithSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const inFull = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' })

const tenthMs = 100
const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

export function count(value: number): string {
  return numbers.format(value)
}

/** Rounded down: 100 % is said when all is done, not before. */
export function percent(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100)}${thin}%`
}

/** "< 0.1 s", "5.5 s", "52 s", "12 min 31 s", "2 h 04 min", "3 d 4 h". Rounded down, as a clock is. */
export function duration(ms: number): string {
  if (ms < tenthMs) return `<${thin}0.1${thin}s`
  return ms < 10 * secondMs ? `${(Math.floor(ms / tenthMs) / 10).toFixed(1)}${thin}s` : wholeSeconds(ms)
}

function wholeSeconds(ms: number): string {
  const [days, hours, minutes, seconds] = partsOf(ms)
  if (days > 0) return `${count(days)}${thin}d ${hours}${thin}h`
  if (hours > 0) return `${hours}${thin}h ${two(minutes)}${thin}min`
  if (minutes > 0) return `${minutes}${thin}min ${two(seconds)}${thin}s`
  return `${seconds}${thin}s`
}

/** "now", "4 s ago", "2 min ago", "2 min 10 s ago": for what ticks. */
export function sinceThen(ms: number): string {
  return ms < secondMs ? 'just now' : `${roundDuration(ms)} ago`
}

/** For what ticks: whole seconds, and without a part that is nought: "2 min", not "2 min 00 s". */
export function roundDuration(ms: number): string {
  return wholeSeconds(ms).replace(/(\D) 00?\u202f\w+$/, '$1')
}

/** For a time still to come: said roughly, because it is a guess. */
export function about(ms: number): string {
  if (ms < 10 * secondMs) return 'a few seconds'
  if (ms < 50 * secondMs) return `about ${Math.round(ms / (10 * secondMs)) * 10}${thin}s`
  if (ms < 90 * minuteMs) return `about ${Math.max(1, Math.round(ms / minuteMs))}${thin}min`
  if (ms < 36 * hourMs) return `about ${Math.round(ms / hourMs)}${thin}h`
  return `about ${Math.round(ms / dayMs)}${thin}days`
}

/** "0.1 s", "0:52", "12:31", "2:04:09": for columns. */
export function stopwatch(ms: number): string {
  if (ms < secondMs) return duration(ms)
  const [days, hours, minutes, seconds] = partsOf(ms)
  const allHours = days * 24 + hours
  return allHours > 0 ? `${allHours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`
}

/** "5 min ago", coarse, for what has ended. */
export function ago(ms: number): string {
  if (ms < 10 * secondMs) return 'just now'
  if (ms < minuteMs) return `${Math.floor(ms / secondMs)}${thin}s ago`
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)}${thin}min ago`
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)}${thin}h ago`
  return `${Math.floor(ms / dayMs)} days ago`
}

/** "14:02" today, "21 Nov" before, "21 Nov 2025" in another year: for columns. */
export function shortTime(at: number, now: number): string {
  if (isSameDay(at, now)) return clock.format(at)
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? day.format(at) : dayOfYear.format(at)
}

/** "14:02:00" today, "21 Nov 14:02:00" before. */
export function time(at: number, now: number): string {
  return isSameDay(at, now) ? timeOfDay(at) : `${shortTime(at, now)} ${timeOfDay(at)}`
}

let lastSecond = Number.NaN
let lastText = ''

/** "14:02:00". A log has many lines in one second, and asking Intl is slow. */
export function timeOfDay(at: number): string {
  const second = Math.floor(at / secondMs)
  if (second !== lastSecond) [lastSecond, lastText] = [second, clockWithSeconds.format(at)]
  return lastText
}

export function fullTime(at: number): string {
  return inFull.format(at)
}

function partsOf(ms: number): [days: number, hours: number, minutes: number, seconds: number] {
  const whole = Math.max(0, ms)
  return [
    Math.floor(whole / dayMs),
    Math.floor((whole % dayMs) / hourMs),
    Math.floor((whole % hourMs) / minuteMs),
    Math.floor((whole % minuteMs) / secondMs),
  ]
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString()
}

/** A sentence begins with a capital. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
