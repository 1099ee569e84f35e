// Debian's packages, where we may install them. Who asks looks afterwards whether what he needs is there.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Does nothing where we are not root or there is no apt-get. `why` ends the line that says what is going on. */
export function installDebian(packages: readonly string[], why: string): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  console.log(`Installing ${packages.join(', ')} for ${why} …`)
  apt('update')
  apt('install', '--no-install-recommends', '--yes', ...packages)
}

function apt(...args: string[]): void {
  // Programs alone: no service that comes with one is started.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env })
}
