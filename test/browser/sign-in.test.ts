// Signing in with a real browser: the first user, a wrong password, coming back to where one was, signed out in the middle, a viewer.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { createHandler, type Listening, listen } from '../../src/http/index.ts'
import { openServer, quiet } from '../http/open-server.ts'
import { launchBrowser } from './dashboard-world.ts'

const password = 'correct horse battery'
/** Set, every state is photographed into it: themes and sizes. */
const pictures = process.env.PICTURES

let browser: Browser
let server: Awaited<ReturnType<typeof openServer>>
let listening: Listening
const faults: string[] = []
const contexts: { close(): Promise<void> }[] = []
const prefix = '/a/long/way/to/holdfast'

before(async () => {
  browser = await launchBrowser()
  server = await openServer()
  // Not at this machine, as far as it can see: every visitor comes through a proxy.
  const handler = createHandler(server.holdfast, { signIn: true, basePath: prefix, logger: quiet })
  listening = await listen(handler, { port: 0 })
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

async function visit(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options })
  contexts.push(context)
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  page.on('pageerror', (error) => faults.push(error.message))
  // Refusals and broken connections are logged by the browser itself; everything else is a fault.
  page.on(
    'console',
    (message) => message.type() === 'error' && !/status of 4\d\d|net::ERR/.test(message.text()) && faults.push(message.text()),
  )
  await page.goto(`${listening.url}${prefix}${path}`)
  return page
}

async function photograph(page: Page, name: string): Promise<void> {
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

async function assertAccessible(page: Page): Promise<void> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const violations = await page.evaluate(
    `axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
  )
  assert.deepEqual(violations, [])
}

async function signIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

describe('sign-in', () => {
  test('the first visit makes the first user, who is signed in then', async () => {
    const page = await visit('/jobs')
    await page.getByRole('heading', { name: 'Welcome. Who are you?' }).waitFor()
    await assertAccessible(page)
    await photograph(page, 'first-user')
    await page.getByLabel('Name').fill('Ana')
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByText('Ana', { exact: false }).first().waitFor()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await photograph(page, 'signed-in')
    await server.holdfast.access.addUser({ name: 'vic', password, role: 'viewer' })
  })

  test('an admin lets others in, makes a token and tells somebody; a test is sent at once', async () => {
    const told: string[] = []
    const receiver = createServer((request, response) => {
      told.push(String(request.headers['webhook-id']))
      request.resume().on('end', () => response.end('thank you'))
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const page = await visit('/settings')
    await signIn(page, 'Ana')
    await page.getByRole('button', { name: 'Add a user' }).click()
    await page.getByLabel('Name').fill('ben')
    await page.getByLabel('Password').fill('short')
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click()
    await page.getByRole('alert').getByText('at least 10 characters').waitFor()
    await photograph(page, 'add-user')
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Change ben' }).waitFor()
    await page.getByRole('button', { name: 'Make a token' }).click()
    await page.getByLabel('Name of the program').fill('grafana')
    await page.keyboard.press('Enter')
    await page.getByText(/^hf_[\w-]{43}$/).waitFor()
    await page.getByRole('button', { name: 'Tell somebody' }).click()
    await page.getByLabel('Name').fill('hook')
    await page.getByLabel('How').selectOption('webhook')
    await page.getByLabel('Address').fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`)
    await assertAccessible(page)
    await photograph(page, 'tell-somebody')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Send test to hook' }).click()
    await page.getByText('Delivered (200). thank you').waitFor()
    assert.equal(told.length, 1)
    await assertAccessible(page)
    await photograph(page, 'settings')
    await page.getByRole('button', { name: 'Remove Ana' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('alert').getByText('This is the last admin').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Revoke grafana' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('No program has a token.').waitFor()
    assert.deepEqual([(await server.holdfast.access.tokens()).length, (await server.holdfast.access.users()).length], [0, 3])
    receiver.close()
  })

  test('a wrong password is told in the form; the right one leads back to where one was', async () => {
    const { job } = await server.holdfast.submit('shell', { script: 'echo hello' })
    await server.holdfast.wait(job.id)
    const page = await visit(`/jobs/${job.id}`)
    await page.getByLabel('Name').fill('vic')
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').getByText('Name or password is wrong.').waitFor()
    assert.equal(await page.getByLabel('Name').inputValue(), 'vic')
    await assertAccessible(page)
    await photograph(page, 'wrong-password')
    await signIn(page, 'vic')
    await page.getByRole('heading', { name: 'Shell script' }).waitFor()
    assert.equal(new URL(page.url()).pathname, `${prefix}/jobs/${job.id}`)
  })

  test('signed out in the middle: the page stays, and says so', async () => {
    const { job } = await server.holdfast.submit('shell', { script: 'echo hello' })
    await server.holdfast.wait(job.id)
    const page = await visit('/jobs')
    await signIn(page, 'vic')
    await page.getByRole('link', { name: 'Shell script' }).first().waitFor()
    await server.holdfast.access.changeUser('vic', { password })
    await listening.close()
    const handler = createHandler(server.holdfast, { signIn: true, basePath: prefix, logger: quiet })
    listening = await listen(handler, { port: listening.port, strictPort: true })
    await page.getByRole('alert').getByText('You are signed out').waitFor()
    assert.ok(await page.getByRole('link', { name: 'Shell script' }).first().isVisible(), 'what was there is still there')
    await assertAccessible(page)
    await photograph(page, 'signed-out')
    await page.getByRole('button', { name: 'Sign in again' }).click()
    await signIn(page, 'vic')
    await page.getByRole('link', { name: 'Shell script' }).first().waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Password').waitFor()
    await page.goBack()
    await page.getByLabel('Password').waitFor()
  })

  test('a browser that does not keep the cookie is told so, and not shown the form again without a word', async () => {
    const page = await visit('/sign-in')
    const signedIn = {
      user: { name: 'vic', role: 'viewer' },
      by: 'sign-in',
      signedInBy: 'password',
      needsFirstUser: false,
      needsCode: false,
    }
    await page.route('**/api/v1/session', (route) =>
      route.request().method() === 'POST' ? route.fulfill({ json: signedIn }) : route.continue(),
    )
    await signIn(page, 'vic')
    await page.getByRole('alert').getByText('the browser did not keep the cookie').waitFor()
  })

  test('an address that leads elsewhere is not followed after signing in', async () => {
    for (const next of ['//evil.example']) {
      const page = await visit(`/sign-in?next=${encodeURIComponent(next)}`)
      await signIn(page, 'vic')
      await page.getByRole('button', { name: 'Sign out' }).waitFor()
      assert.equal(new URL(page.url()).href, `${listening.url}${prefix}/`, next)
    }
  })
})
