// The proxy that streams are tested behind: found, or installed from Debian's packages when we are root, or asked for in one sentence.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const places = [process.env.NGINX, '/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx']

function findNginx(): string | null {
  return places.find((place) => place !== undefined && place !== '' && existsSync(place)) ?? null
}

/** Ends the program with one sentence when there is none and none can be installed. */
export function ensureNginx(): string {
  const found = findNginx()
  if (found) return found
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing nginx for the tests behind a proxy …')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
    const apt = (...args: string[]) => spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env })
    apt('update')
    // The program alone: its service is not for us.
    apt('install', '--no-install-recommends', '--yes', 'nginx-light')
  }
  const installed = findNginx()
  if (installed) return installed
  console.error('The tests behind a proxy need nginx: install it, or name it in NGINX=/path/to/nginx.')
  process.exit(1)
}
