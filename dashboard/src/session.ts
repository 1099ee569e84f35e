// Who is signed in, as the server says it, and whether it says so no more.
import { signal } from '@preact/signals'
import { HoldfastClientError, type Session } from 'holdfast/client'
import { client, isSignedOut } from './client.ts'
import { basePath, link } from './place.ts'

/** Null until the server has said. */
export const session = signal<Session | null>(null)

/** Without an answer the pages say by themselves what is wrong. */
export async function loadSession(): Promise<void> {
  session.value = await client.session({ signal: AbortSignal.timeout(answerMs) }).catch(() => null)
  isSignedOut.value = false
}

/** Longer nobody looks at an empty page. */
const answerMs = 3_000

/** Nothing of what was shown stays in the page. */
export async function signOut(): Promise<void> {
  await client.signOut().catch(() => undefined)
  location.assign(link('sign-in'))
}

/** Loads the page anew, so that nothing of before is left: where one was, or where the way in was asked to lead. @throws HoldfastClientError where that would show the way in again */
export async function goOn(): Promise<void> {
  if ((await client.session()).user === null)
    throw new HoldfastClientError({ code: 'no_cookie', message: noCookie, hint: null, status: 200 })
  if (location.pathname === link('sign-in')) location.assign(pageAfterSignIn())
  else location.reload()
}

const noCookie =
  'Name and password are right, but the browser did not keep the cookie: does it allow cookies here, and does a proxy in between let Set-Cookie through and say whether it is https?'

/** Where one was, if that is a page of ours: an address comes from whoever wrote the link. */
export function pageAfterSignIn(): string {
  const next = new URLSearchParams(location.search).get('next')
  if (next === null || !URL.canParse(next, location.origin)) return basePath
  const url = new URL(next, location.origin)
  return url.origin === location.origin && url.pathname.startsWith(basePath) ? url.href : basePath
}

/** Loads the page anew: who is signed in is asked again. */
export function signInAgain(): void {
  location.assign(link('sign-in', { next: location.pathname + location.search + location.hash }))
}
