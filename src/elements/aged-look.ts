// How what was last known is shown while it cannot be known anew. Pure.
import type { Standing } from '../live/live.ts'
import { time } from '../views/format.ts'
import type { IconName } from '../views/icon.tsx'
import { deniedWhy, retryWords, type Why } from './standing-words.ts'

/** How what was last known is shown: in no colour, dated, with what is wrong. */
export interface Aged {
  word: string
  icon: IconName
  /** "As of 14:12:07. The job goes on without this page." */
  words: string
  why: Why
}

export function agedLook(standing: Standing, now: number, api: string): Aged {
  const words = `As of ${time(standing.heardAt ?? now, now)}. The job goes on without this page.`
  if (standing.state === 'denied') {
    const isOut = standing.error?.status === 401
    return { word: isOut ? 'Signed out' : 'Not shown', icon: isOut ? 'user' : 'lock', words, why: deniedWhy(standing, api) }
  }
  return { word: 'Not connected', icon: 'broken', words, why: { words: retryWords(standing.retryAt, now), icon: 'clock' } }
}
