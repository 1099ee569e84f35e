// The cookie that a browser is signed in by. Pure.
import { parse, serialize } from 'hono/utils/cookie'

/**
 * Without a path it belongs to the folder of the address that set it, `…/api/v1`: under any prefix that is where the API is, and nowhere else.
 * `lax`: whoever follows a link from his start page is signed in. Changes that another site asks for are refused by the origin rule.
 */
export function sessionCookie(headers: Headers, token: string, { maxAgeMs, isSecure }: { maxAgeMs: number; isSecure: boolean }): string {
  const maxAge = Math.floor(maxAgeMs / 1_000)
  return serialize(nameFor(headers), token, { httpOnly: true, sameSite: 'Lax', maxAge, ...(isSecure && { secure: true }) })
}

export function endedCookie(headers: Headers): string {
  return serialize(nameFor(headers), '', { httpOnly: true, sameSite: 'Lax', maxAge: 0 })
}

export function sessionOf(headers: Headers): string | null {
  const name = nameFor(headers)
  return parse(headers.get('cookie') ?? '', name)[name] ?? null
}

/** Browsers share cookies among all ports of a host; two Holdfasts side by side must not sign each other out. */
function nameFor(headers: Headers): string {
  const port = /:(\d{1,5})$/.exec(headers.get('host') ?? '')?.[1]
  return port === undefined ? 'holdfast' : `holdfast_${port}`
}
