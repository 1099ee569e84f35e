// Amounts, rates and sizes as people read them. Pure; knows no job.
import { count } from './format.ts'

/** Keeps a number and its unit on one line. */
const thin = '\u202f'
const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

/** "1,344 of 3,201 films", "326 of 480 MB", "9 pages so far". */
export function amount(done: number, total: number | null, unit: string | null): string {
  if (unit === 'bytes' || unit === 'B') return amountOfBytes(done, total)
  const named = unit === null ? '' : ` ${unit}`
  return total === null ? `${count(done)}${named} so far` : `${count(done)} of ${count(total)}${named}`
}

/** "4.7 a second", "12 a minute", "3 an hour". */
export function rate(perMs: number, unit: string | null): string {
  if (unit === 'bytes' || unit === 'B') return `${bytes(perMs * secondMs)} a second`
  if (perMs * secondMs >= 1) return `${rounded(perMs * secondMs)} a second`
  if (perMs * minuteMs >= 1) return `${rounded(perMs * minuteMs)} a minute`
  return `${rounded(perMs * hourMs)} an hour`
}

export function bytes(value: number): string {
  const step = byteStep(value)
  return `${rounded(value / step.size)}${thin}${step.name}`
}

/** "613 MB", "1.5 GB": memory, whose MB has 1,024 KB wherever limits are written. */
export function memory(value: number): string {
  const names = ['B', 'KB', 'MB', 'GB', 'TB']
  const power = Math.min(names.length - 1, Math.floor(Math.log2(Math.max(1, value)) / 10))
  return `${rounded(value / 1024 ** power)}${thin}${names[power] ?? 'B'}`
}

function amountOfBytes(done: number, total: number | null): string {
  if (total === null) return `${bytes(done)} so far`
  const step = byteStep(total)
  return `${rounded(done / step.size)} of ${rounded(total / step.size)}${thin}${step.name}`
}

function byteStep(value: number): { size: number; name: string } {
  const names = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(names.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3))
  return { size: 1000 ** power, name: names[power] ?? 'B' }
}

function rounded(value: number): string {
  return count(value < 10 ? Math.round(value * 10) / 10 : Math.round(value))
}
