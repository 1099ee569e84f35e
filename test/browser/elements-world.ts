// A page of an app with page elements on it: plain HTML under a strict policy, on one server with a real Holdfast, which runs real processes.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { z } from 'zod'
import { createHandler, type HandlerOptions, listen } from '../../src/http/index.ts'
import { defineJob, type Holdfast, openHoldfast } from '../../src/index.ts'

export interface ElementsWorld extends AsyncDisposable {
  holdfast: Holdfast
  /** Where Holdfast is, with a slash at the end. */
  url: string
  /** Opens a page with this in its body, which a function draws anew each time. In the same context it is another tab of the same browser. */
  visit(body: Body, options?: { context?: BrowserContext; path?: string }): Promise<Page>
  /** A browser of its own: nobody who has been here before. */
  context(options?: Parameters<Browser['newContext']>[0]): Promise<BrowserContext>
  /** What the pages complained about. */
  faults: string[]
  /** Lets the jobs that wait for it go on. */
  open(gate: string): Promise<void>
  /** Takes the server away; the return value brings it back. */
  disconnect(): Promise<() => Promise<void>>
  /** Requests to Holdfast so far. */
  requests: string[]
}

/** Null: the app cannot draw it now. A response: as it is. */
export type Body = string | (() => Promise<string | Response | null>)

export interface WorldOptions extends HandlerOptions {
  browser: Browser
  /** The proxy takes the prefix off before Holdfast sees it. */
  isStripped?: boolean
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; require-trusted-types-for 'script'"
const gateScript = 'gate() { until [ -e "$GATES/$1" ]; do sleep 0.05; done; }; tell() { echo "$1" >> "$HOLDFAST_EVENTS"; }'

export async function openElementsWorld({ browser, isStripped = false, basePath = '', ...options }: WorldOptions): Promise<ElementsWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-elements-'))
  const holdfast = await openHoldfast({ kinds: kindsIn(folder), data: join(folder, 'data'), runner: true })
  const handler = createHandler(holdfast, {
    ...options,
    basePath: isStripped ? '' : basePath,
    logger: { info() {}, warn() {}, error() {} },
  })
  const requests: string[] = []
  const bodies = new Map<string, Body>()
  const fetch: typeof handler.fetch = async (request, ...rest) => {
    const { pathname, search } = new URL(request.url)
    const body = bodies.get(pathname)
    const drawn = typeof body === 'function' ? await body() : body
    if (drawn instanceof Response) return drawn
    if (drawn === null) return new Response('Busy', { status: 503 })
    if (drawn !== undefined) return page(drawn, basePath)
    requests.push(`${request.method} ${pathname}${search}`)
    return handler.fetch(isStripped ? new Request(request.url.replace(basePath, ''), request) : request, ...rest)
  }
  let server = await listen(fetch, { port: 0 })
  const { port, url } = server
  const contexts: BrowserContext[] = []
  const faults: string[] = []
  const context = async (own: Parameters<Browser['newContext']>[0] = {}) => {
    const made = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...own })
    contexts.push(made)
    return made
  }
  return {
    holdfast,
    url: `${url}${basePath}/`,
    faults,
    requests,
    context,
    visit: async (body, { context: own, path = `/app/${bodies.size}` } = {}) => {
      bodies.set(path, body)
      const tab = await (own ?? (await context())).newPage()
      tab.setDefaultTimeout(30_000)
      tab.on('pageerror', (error) => faults.push(error.message))
      // What the server refuses and what cannot be reached the browser itself writes down, whatever the page does.
      tab.on(
        'console',
        (message) => message.type() === 'error' && !/Failed to load resource|net::ERR_/.test(message.text()) && faults.push(message.text()),
      )
      tab.on('dialog', (dialog) => faults.push(`a dialog: ${dialog.message()}`))
      await tab.goto(url + path)
      return tab
    },
    open: (gate) => writeFile(join(folder, gate), ''),
    disconnect: async () => {
      await server.close()
      return async () => {
        server = await listen(fetch, { port, strictPort: true })
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const each of contexts) await each.close()
      await server.close()
      const { jobs } = await holdfast.list({ state: ['queued', 'running', 'stopping'] })
      for (const { id } of jobs) await holdfast.cancel(id)
      for (const { id } of jobs) await holdfast.wait(id)
      await holdfast.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function kindsIn(folder: string) {
  const common = { environment: { GATES: folder }, stopGraceMs: 200 }
  const shell = (lines: string) => ['sh', '-c', `${gateScript}\n${lines}`]
  return [
    defineJob({
      ...common,
      kind: 'rebuild',
      title: 'Rebuild index',
      unique: true,
      artifacts: ['films-index'],
      fingerprint: () => 'votes 200',
      command: shell(`echo index > "$HOLDFAST_STAGING/films-index/index"; tell '{"phase":{"name":"Embed","index":2,"of":5}}'
        tell '{"progress":{"done":42,"total":100,"unit":"films"}}'; echo "42 films"; gate rebuild; tell '{"result":{"films":100}}'`),
    }),
    defineJob({
      ...common,
      kind: 'letter',
      title: 'Cover letter',
      input: z.object({
        company: z.string().min(1),
        pages: z.int().min(1).max(3),
        tone: z.enum(['plain', 'warm']),
        urgent: z.boolean(),
        topics: z.array(z.string()),
        contact: z.object({ mail: z.email().optional() }),
        note: z.string().optional(),
      }),
      command: () => shell('gate letter'),
    }),
    defineJob({
      ...common,
      kind: 'fails',
      title: 'Import',
      command: shell(`gate fails; tell '{"error":{"message":"No rating file"}}'; exit 1`),
    }),
    defineJob({
      ...common,
      kind: 'silent',
      title: 'Extract frames',
      unique: true,
      stallAfterMs: 300,
      // However long a busy machine needs to start it: that would be a silence of its own.
      firstHeartbeatWithinMs: 60_000,
      command: shell('echo one; gate silent'),
    }),
  ]
}

function page(body: string, basePath: string): Response {
  const head = `<meta charset="utf-8"><title>An app</title><link rel="icon" href="data:,"><script type="module" src="${basePath}/elements.js"></script>`
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }
  return new Response(`<!doctype html><html lang="en"><head>${head}</head><body><main><h1>An app</h1>${body}</main></body></html>`, {
    headers,
  })
}

export interface Told {
  name: string
  detail: Record<string, unknown>
}

/** The events of the elements, as they come to the document. */
export async function recordEvents(tab: Page, ...names: string[]): Promise<() => Promise<Told[]>> {
  await tab.evaluate(`{
    const told = (window.told = [])
    for (const name of ${JSON.stringify(names)})
      document.addEventListener(name, ({ detail }) => told.push({ name, detail: JSON.parse(JSON.stringify(detail)) }))
  }`)
  return () => tab.evaluate<Told[]>('told')
}

/** What the element that has the focus says, inside whatever shadow root. */
export function focused(tab: Page): Promise<string> {
  return tab.evaluate<string>(`(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return element?.textContent?.trim() || element?.getAttribute('name') || element?.tagName || ''
  })()`)
}

export async function tabTo(tab: Page, words: string): Promise<void> {
  for (let press = 0; press < 12 && (await focused(tab)) !== words; press++) await tab.keyboard.press('Tab')
  assert.equal(await focused(tab), words)
}

export function assertNoFaults({ faults }: ElementsWorld): void {
  assert.deepEqual(faults, [])
}
