// The browser of the browser tests: found, or installed from Debian's packages when we are root, or asked for in one sentence.
import { existsSync } from 'node:fs'
import { installDebian } from './debian.ts'

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export function findChromium(): string | null {
  return places.find((place) => place !== undefined && place !== '' && existsSync(place)) ?? null
}

/** Ends the program with one sentence when there is none and none can be installed. */
export function ensureChromium(): string {
  const found = findChromium()
  if (found) return found
  installDebian(['chromium', 'fonts-liberation'], 'the browser tests')
  const installed = findChromium()
  if (installed) return installed
  console.error('The browser tests need Chromium: install it, or name it in CHROMIUM=/path/to/chromium.')
  process.exit(1)
}
