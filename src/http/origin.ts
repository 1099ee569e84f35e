// Who may ask: the names we answer to (against DNS rebinding) and the pages that may change things (against forged requests). Pure.
import { isIP } from 'node:net'
import { HoldfastError } from '../supervisor/errors.ts'

const loopback = /^(localhost|[a-z0-9-]+\.localhost|\[::1\])$/
const hostHeader = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/
const readOnly = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A page on evil.example can point its own name at 127.0.0.1 and would then count as same-origin: the browser still sends the
 * name, so only names we know are answered. Addresses of this machine's loopback are always known; the port does not matter.
 */
export function isAllowedHost(host: string, allowedHosts: ReadonlySet<string>): boolean {
  const name = hostHeader.exec(host.toLowerCase())?.[1]
  return name !== undefined && (loopback.test(name) || isLoopbackAddress(name) || allowedHosts.has(name))
}

/** As `isAllowedHost` looks them up. @throws HoldfastError `invalid_config` for what is no name */
export function hostNames(allowedHosts: readonly string[] = []): ReadonlySet<string> {
  return new Set(allowedHosts.map(hostName))
}

function hostName(host: string): string {
  const name = host.toLowerCase()
  if (/^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)$/.test(name)) return name
  throw new HoldfastError(
    'invalid_config',
    `allowedHosts holds "${host}", but must hold names such as "jobs.example.com", without scheme or port.`,
  )
}

function isLoopbackAddress(name: string): boolean {
  return name.startsWith('127.') && isIP(name) === 4
}

/**
 * An address, as browsers write it, and no name: nobody can point an address of his own at this machine. Where people sign in, or the app looks at
 * who asks, the server answers to whatever address it has.
 */
export function isAddress(host: string): boolean {
  const name = hostHeader.exec(host.toLowerCase())?.[1] ?? ''
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0
}

/**
 * A page of another site can make a browser send a POST with the user's cookies. Browsers say where a request comes from and no
 * page can forge it: `Sec-Fetch-Site` if the connection is trustworthy, else `Origin`. Programs send neither and are no danger.
 */
export function isForged(request: { method: string; headers: Headers }, host = request.headers.get('host')): boolean {
  if (readOnly.has(request.method)) return false
  const site = request.headers.get('sec-fetch-site')
  if (site !== null) return site !== 'same-origin' && site !== 'none'
  const origin = request.headers.get('origin')
  if (origin === null) return false
  // The scheme is left out: a proxy that ends TLS makes https://host into http://host.
  return !URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase()
}
