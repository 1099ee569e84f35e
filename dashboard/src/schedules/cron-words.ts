// A cron expression in words, where it is one of those that people write; else the expression itself. Pure.

import { capital } from '../../../src/views/format.ts'

const named: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

export function cronWords(cron: string): string {
  const written = cron.trim().toLowerCase()
  const fields = (named[written] ?? written).split(/\s+/)
  // With seconds it is said only where they are nought.
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields.length === 6 && fields[0] === '0' ? fields.slice(1) : fields
  if (fields.length < 5 || (fields.length === 6 && fields[0] !== '0')) return cron
  const clock = clockWords(minute, hour)
  const date = dateWords(day, month, weekday)
  return clock === null || date === null ? cron : date === '' ? asSentence(clock) : asSentence(`${date} ${clock}`)
}

function clockWords(minute: string, hour: string): string | null {
  if (isNumber(minute) && isNumber(hour)) return `at ${two(hour)}:${two(minute)}`
  const everyHours = /^\*\/(\d+)$/.exec(hour)?.[1]
  if (everyHours !== undefined) return isNumber(minute) ? `every ${everyHours} hours${pastWords(minute)}` : null
  const hours = hoursWords(hour)
  if (hours === null) return null
  if (isNumber(minute)) return `every hour${pastWords(minute)}${hours}`
  const every = minute === '*' ? '1' : /^\*\/(\d+)$/.exec(minute)?.[1]
  if (every === undefined) return null
  return `every ${every === '1' ? 'minute' : `${every} minutes`}${hours}`
}

function pastWords(minute: string): string {
  return Number(minute) === 0 ? '' : `, ${Number(minute)} min past`
}

function hoursWords(hour: string): string | null {
  if (hour === '*') return ''
  const range = /^(\d+)-(\d+)$/.exec(hour)
  return range === null ? null : ` from ${two(range[1] ?? '')}:00 to ${two(range[2] ?? '')}:59`
}

/** '' for every day. */
function dateWords(day: string, month: string, weekday: string): string | null {
  const anyDay = day === '*' || day === '?'
  const anyWeekday = weekday === '*' || weekday === '?'
  if (anyDay && anyWeekday) return month === '*' ? 'every day' : null
  if (anyDay && month === '*') return weekdayWords(weekday)
  if (!anyWeekday || !isNumber(day)) return null
  if (month === '*') return `on day ${Number(day)} of each month`
  const name = isNumber(month) ? months[Number(month) - 1] : undefined
  return name === undefined ? null : `each year on ${Number(day)} ${name}`
}

function weekdayWords(weekday: string): string | null {
  const range = /^(\w+)-(\w+)$/.exec(weekday)
  if (range !== null) {
    const [from, to] = [dayOf(range[1] ?? ''), dayOf(range[2] ?? '')]
    return from === null || to === null ? null : `${from} to ${to}`
  }
  const all = weekday.split(',').map(dayOf)
  return all.every((name) => name !== null) ? `every ${all.join(', ').replace(/, (\w+)$/, ' and $1')}` : null
}

function dayOf(text: string): string | null {
  const at = isNumber(text) ? Number(text) % 7 : dayNames.indexOf(text)
  return days[at] ?? null
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text)
}

function two(text: string): string {
  return text.padStart(2, '0')
}

function asSentence(text: string): string {
  // "Every day every 15 minutes" says the same twice.
  const short = text.replace(/^every day every/, 'every')
  return capital(short)
}
