// A server that asks everybody to sign in, behind a proxy and under a long prefix, with a browser before it. One for the tests of a file.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, afterEach, before } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { createHandler, type Listening, listen } from '../../src/http/index.ts'
import { openServer, quiet } from '../http/open-server.ts'
import { launchBrowser } from './dashboard-world.ts'

export const password = 'correct horse battery'
export const prefix = '/a/long/way/to/holdfast'
/** Set, every state is photographed into it: themes and sizes. */
const pictures = process.env.PICTURES

type Server = Awaited<ReturnType<typeof openServer>>

export interface SignInWorld {
  holdfast(): Server['holdfast']
  /** Where the server is now. */
  address(): string
  /** Takes the server away and brings it back at the same address. */
  restart(): Promise<void>
  /** Of nobody who has been here before. */
  visit(path: string, options?: BrowserContextOptions): Promise<Page>
}

/** `begin` is called once, before the first test. */
export function signInWorld(begin: (holdfast: Server['holdfast']) => Promise<void> = async () => {}): SignInWorld {
  let browser: Browser
  let server: Server
  let listening: Listening
  const faults: string[] = []
  const contexts: { close(): Promise<void> }[] = []
  const serve = async (options: { port: number; strictPort?: boolean }) => {
    // Not at this machine, as far as it can see: every visitor comes through a proxy.
    listening = await listen(createHandler(server.holdfast, { signIn: true, basePath: prefix, logger: quiet }), options)
  }
  before(async () => {
    browser = await launchBrowser()
    server = await openServer()
    await begin(server.holdfast)
    await serve({ port: 0 })
  })
  // What is open goes on drawing and listening, and slows the next.
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
  })
  after(async () => {
    await browser.close()
    await listening.close()
    await server.close()
    assert.deepEqual(faults, [])
  })
  const visit = async (path: string, options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options })
    contexts.push(context)
    const page = await context.newPage()
    watchFaults(page, faults)
    await page.goto(`${listening.url}${prefix}${path}`)
    return page
  }
  const restart = async () => {
    await listening.close()
    await serve({ port: listening.port, strictPort: true })
  }
  return { holdfast: () => server.holdfast, address: () => listening.url, restart, visit }
}

function watchFaults(page: Page, faults: string[]): void {
  page.setDefaultTimeout(30_000)
  page.on('pageerror', (error) => faults.push(error.message))
  // Refusals and broken connections are logged by the browser itself; everything else is a fault.
  page.on(
    'console',
    (message) => message.type() === 'error' && !/status of 4\d\d|net::ERR/.test(message.text()) && faults.push(message.text()),
  )
}

export async function photograph(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return
  for (const colorScheme of ['light', 'dark'] as const)
    for (const [size, viewport] of Object.entries({ desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } })) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize(viewport)
      await page.screenshot({ path: join(pictures, `${name}-${colorScheme}-${size}.png`) })
    }
  await page.emulateMedia({ colorScheme: null })
  await page.setViewportSize({ width: 1280, height: 800 })
}

export async function signIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
