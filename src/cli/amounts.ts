// Lengths of time and sizes as people write them in options: "10m", "1h30m", "512M". Strict: what is not understood is refused, not guessed.
import { HoldfastError } from '../supervisor/errors.ts'

const units = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const
const sizes = { K: 1_024, M: 1_024 ** 2, G: 1_024 ** 3, T: 1_024 ** 4 } as const

/** Milliseconds. @throws HoldfastError `invalid_request` that names the option */
export function parseDuration(option: string, text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|min|m|h|d)/g)]
  const ms = parts.reduce((total, [, amount, unit]) => total + Number(amount) * units[unit as keyof typeof units], 0)
  if (parts.map(([whole]) => whole).join('') === text && ms >= 1) return Math.round(ms)
  throw refused(option, text, 'a length of time with its unit: 500ms, 90s, 10m, 1h30m, 2d')
}

/** Bytes; a K has 1,024. @throws HoldfastError `invalid_request` that names the option */
export function parseBytes(option: string, text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([KMGT])(?:i?B)?$/i.exec(text) ?? []
  const bytes = Number(amount) * sizes[(unit ?? 'K').toUpperCase() as keyof typeof sizes]
  if (unit !== undefined && bytes >= 1) return Math.round(bytes)
  throw refused(option, text, 'a size with its unit: 64K, 512M, 1.5G')
}

function refused(option: string, text: string, wanted: string): HoldfastError {
  return new HoldfastError('invalid_request', `${option} is "${text}", but must be ${wanted}.`)
}
