// The kind that an element's attributes name, and the key where it names one.
import type { KindActivity } from '../client/index.ts'
import type { Wanted } from '../live/live.ts'
import type { HoldfastElement } from './element.ts'
import type { Live } from './element-client.ts'

export function kindWanted(host: HoldfastElement): Wanted[] {
  const name = host.attribute('kind')
  const key = host.attribute('key')
  return name === null ? [] : [{ kind: { name, ...(key !== null && { key }) } }]
}

/** As `Live` knows it. Null also where none is named. */
export function kindOf(host: HoldfastElement, live: Live, name = host.attribute('kind')): KindActivity | null | undefined {
  return name === null ? null : live.kind(name, host.attribute('key') ?? undefined)
}
