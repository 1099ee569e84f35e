// The kind that an element's attributes name, and the key where it names one.
import type { KindActivity } from '../client/index.ts'
import type { Wanted } from '../live/live.ts'
import type { HoldfastElement } from './element.ts'
import type { Live } from './element-client.ts'

export function kindWanted(host: HoldfastElement): Wanted[] {
  const name = host.attribute('kind')
  const key = host.attribute('key')
  // What no kind can be called would spoil the question of the whole page.
  return name === null || !isName(name) || (key !== null && !isKey(key)) ? [] : [{ kind: { name, ...(key !== null && { key }) } }]
}

/** As `Live` knows it. Null also where none is named. */
export function kindOf(host: HoldfastElement, live: Live, name = host.attribute('kind')): KindActivity | null | undefined {
  const key = host.attribute('key')
  return name === null || !isName(name) || (key !== null && !isKey(key)) ? null : live.kind(name, key ?? undefined)
}

const longest = 200

/** In a question, `/` is what stands before a key. */
export function isName(text: string): boolean {
  return isKey(text) && !/[/,\p{Cc}]/u.test(text)
}

function isKey(text: string): boolean {
  return text.length <= longest && text.isWellFormed() && !text.includes('\0')
}
