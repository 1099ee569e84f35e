// How somebody likes his logs, remembered by this browser.
import { preference } from '../preference.ts'

/** Wrapping is what a narrow screen needs and a wide one does not, until somebody decides. */
export const wrap = preference<'auto' | 'on' | 'off'>('log.wrap', ['auto', 'on', 'off'], 'auto')
/** The time of day, counted from the beginning of the attempt, or none. */
export const times = preference<'clock' | 'elapsed' | 'off'>('log.time', ['clock', 'elapsed', 'off'], 'clock')
export const announced = preference<'on' | 'off'>('log.announce', ['on', 'off'], 'off')

const narrow = matchMedia('(max-width: 760px)')

export function isWrapped(): boolean {
  return wrap.value === 'auto' ? narrow.matches : wrap.value === 'on'
}

export function toggleWrap(): void {
  wrap.value = isWrapped() ? 'off' : 'on'
}

const nextTime = { clock: 'elapsed', elapsed: 'off', off: 'clock' } as const

export function changeTimes(): void {
  times.value = nextTime[times.value]
}
