// The browser of the browser tests: found, or installed from Debian's packages when we are root, or asked for in one sentence.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export function findChromium(): string | null {
  return places.find((place) => place !== undefined && place !== '' && existsSync(place)) ?? null
}

/** Ends the program with one sentence when there is none and none can be installed. */
export function ensureChromium(): string {
  const found = findChromium()
  if (found) return found
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium for the browser tests …')
    const apt = (...args: string[]) =>
      spawnSync('apt-get', ['-qq', ...args], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      })
    apt('update')
    apt('install', '--no-install-recommends', '--yes', 'chromium', 'fonts-liberation')
  }
  const installed = findChromium()
  if (installed) return installed
  console.error('The browser tests need Chromium: install it, or name it in CHROMIUM=/path/to/chromium.')
  process.exit(1)
}
