// The job that an element's attributes name, or the kind whose job it is.
import type { Wanted } from '../../live/live.ts'
import type { HoldfastElement } from '../element.ts'
import { kindWanted } from '../kind-wanted.ts'

export function jobWanted(host: HoldfastElement): Wanted[] {
  const id = numberOf(host)
  // An impossible number would spoil the question of the whole page.
  return id === null ? kindWanted(host) : id === 0 ? [] : [{ job: id }]
}

/** `42` and `#42` are the same job. 0: it is no number of a job. */
export function numberOf(host: HoldfastElement): number | null {
  const text = host.attribute('job')
  if (text === null) return null
  const id = Number(text.replace(/^#/, ''))
  return Number.isSafeInteger(id) && id > 0 ? id : 0
}
