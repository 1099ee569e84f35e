// Why a page cannot say how things stand, or may not do what it offers, in words. Pure.
import type { Standing } from '../live/live.ts'
import { roundDuration, time } from '../views/format.ts'
import type { IconName } from '../views/icon.tsx'

export interface Why {
  words: string
  icon?: IconName
  link?: Link
  /** It says that something went wrong. */
  isBad?: boolean
}

export interface Link {
  words: string
  href: string
  /** The page with what was typed into it stays. */
  isElsewhere?: boolean
}

/** Shown as of then; null while what is shown is of now. */
export function asOf({ state, heardAt }: Standing): number | null {
  return state === 'lost' || state === 'denied' ? heardAt : null
}

/** "No connection since 14:12:07. Trying again in 5 s." */
export function lostWhy({ heardAt, retryAt }: Standing): Why {
  const now = Date.now()
  const since = heardAt === null ? 'No connection.' : `No connection since ${time(heardAt, now)}.`
  return { words: `${since} ${retryWords(retryAt, now)}`, icon: 'broken' }
}

/** What an element that names no kind, or none that there is, says. */
export function noKindWords(name: string | null): string {
  return name === null ? '`kind` is missing.' : `No job type “${name}” here.`
}

export function retryWords(retryAt: number | null, now: number): string {
  return retryAt === null || retryAt - now < 1_000 ? 'Trying again…' : `Trying again in ${roundDuration(retryAt - now)}`
}

export function deniedWhy({ error, heardAt }: Standing, api: string): Why {
  if (error?.status !== 401) return { words: error?.message ?? 'You may not see this.', icon: 'lock' }
  const [words, verb] = heardAt === null ? ['You are not signed in.', 'Sign in'] : ['Your session ended.', 'Sign in again']
  return { words, icon: 'user', link: { words: verb, href: `${api}sign-in`, isElsewhere: true } }
}

/** Null where he may, and where it is not known: then it is left to the server. */
export function roleWhy({ role }: Standing, deed: string): Why | null {
  return role === 'viewer' ? { words: `You are a viewer. Operators can ${deed}.`, icon: 'lock' } : null
}
