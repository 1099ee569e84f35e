// How the start button of an element stands, by its attributes and what is known. Draws nothing.
import { useNow } from '../clock.ts'
import type { ViewProps } from '../element.ts'
import { kindOf } from '../kind-wanted.ts'
import { asOf } from '../standing-words.ts'
import { startLook } from './start-look.ts'
import { useStart } from './use-start.ts'

/** What an element with a start button shows of it and does with it, by its attributes. */
export function useStartLook({ host, live, api }: Omit<ViewProps, 'turn'>, kindName = host.attribute('kind') ?? '') {
  const question = host.attribute('confirm')
  const starting = useStart({ host, live, kind: kindName, question })
  const standing = live.standing()
  const kind = kindOf(host, live, kindName === '' ? null : kindName)
  const now = useNow(standing.retryAt !== null || kind?.condition === 'stalled')
  const look = startLook({
    kind,
    name: kindName,
    isKeyed: host.attribute('key') !== null,
    standing,
    label: host.attribute('label'),
    busyLabel: host.attribute('busy-label'),
    reason: host.attribute('reason'),
    isStarting: starting.isStarting,
    refusal: starting.refusal,
    api,
    now: asOf(standing) ?? now,
  })
  return { starting, look, question }
}
