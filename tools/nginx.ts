// The proxy that streams are tested behind: found, or installed from Debian's packages when we are root, or asked for in one sentence.
import { existsSync } from 'node:fs'
import { installDebian } from './debian.ts'

const places = [process.env.NGINX, '/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx']

function findNginx(): string | null {
  return places.find((place) => place !== undefined && place !== '' && existsSync(place)) ?? null
}

/** Ends the program with one sentence when there is none and none can be installed. */
export function ensureNginx(): string {
  const found = findNginx()
  if (found) return found
  installDebian(['nginx-light'], 'the tests behind a proxy')
  const installed = findNginx()
  if (installed) return installed
  console.error('The tests behind a proxy need nginx: install it, or name it in NGINX=/path/to/nginx.')
  process.exit(1)
}
