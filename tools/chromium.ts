// The browser of the browser tests: found, or installed from Debian's packages when we are root, or asked for in one sentence.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { installDebian } from './debian.ts'

/** Chromium without a window comes first: a new context of the whole browser opens a window with menus, which costs five times the processor. */
const places = [
  process.env.CHROMIUM,
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

const switches = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // What a whole Chromium draws around the page, in a process of its own.
  '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,HttpsUpgrades,Translate,MediaRouter,OptimizationHints',
]

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: ensureChromium(), args: switches })
}

/** Ends the program with one sentence when there is none and none can be installed. */
export function ensureChromium(): string {
  const found = findChromium()
  if (found !== undefined) return found
  installDebian(['chromium-headless-shell', 'fonts-liberation'], 'the browser tests')
  // Debian has it since 2025.
  if (findChromium() === undefined) installDebian(['chromium', 'fonts-liberation'], 'the browser tests')
  const installed = findChromium()
  if (installed !== undefined) return installed
  console.error('The browser tests need Chromium: install it, or name it in CHROMIUM=/path/to/chromium.')
  process.exit(1)
}

function findChromium(): string | undefined {
  return places.find((place) => place !== undefined && place !== '' && existsSync(place))
}
