// What a limit's field holds: a number, or nothing for no limit. What is neither must not become "no limit".
import { HoldfastClientError } from 'holdfast/client'

/** @throws HoldfastClientError for what is no number */
export function numberOrNone(text: string): number | null {
  if (text === '') return null
  const value = Number(text)
  if (Number.isFinite(value)) return value
  throw new HoldfastClientError({ code: 'invalid_request', message: `“${text}” is no number.`, hint: null, status: 422 })
}
