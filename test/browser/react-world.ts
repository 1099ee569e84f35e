// A page of the React app before a real server: the app's own files and Holdfast under one address, as apps mount it. Counts what is asked.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { build } from 'vite'
import { z } from 'zod'
import { createHandler, listen } from '../../src/http/index.ts'
import { defineJob, openHoldfast } from '../../src/index.ts'

const prelude = 'gate() { until [ -e "$GATES/$1" ]; do sleep 0.05; done; }; tell() { echo "$1" >> "$HOLDFAST_EVENTS"; }'

/** The app as a bundler makes it, with the development build of React: that one complains. */
async function bundle(): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'warn',
    mode: 'development',
    define: { 'process.env.NODE_ENV': '"development"' },
    resolve: { conditions: ['holdfast-source', 'module', 'browser', 'development'] },
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL('react-app/main.ts', import.meta.url)), formats: ['es'] },
    },
  })
  const [{ output } = { output: [] }] = [made].flat() as { output: { code?: string }[] }[]
  return output[0]?.code ?? ''
}

export async function openReactWorld(browser: Browser) {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-react-'))
  const environment = { GATES: folder }
  const sh = (lines: string) => ['sh', '-c', `${prelude}\n${lines}`]
  const common = { environment, stopGraceMs: 200 }
  const kinds = [
    defineJob({ kind: 'script', input: z.object({ lines: z.string() }), command: ({ lines }) => sh(lines), ...common }),
    defineJob({
      kind: 'server',
      title: 'Game server',
      input: z.object({ server: z.string(), lines: z.string() }),
      unique: (input) => input.server,
      command: ({ lines }) => sh(lines),
      ...common,
    }),
    defineJob({
      ...{ kind: 'index', input: z.object({ settings: z.string() }), artifacts: ['watch-index'], ...common },
      fingerprint: ({ settings }) => settings,
      command: ({ settings }) => ['sh', '-c', 'printf %s "$1" > "$HOLDFAST_STAGING/watch-index/settings"', 'sh', settings],
    }),
  ]
  const holdfast = await openHoldfast({ kinds, data: join(folder, 'data'), runner: true })
  const handler = createHandler(holdfast)
  const code = await bundle()
  // What is for browsers is checked by itself, with what browsers have.
  const { draw } = (await import(new URL('react-app/draw.ts', import.meta.url).href)) as { draw(search: string): string }
  const asked: string[] = []
  const page = (search: string, drawn: string) =>
    `<!doctype html><title>App</title><link rel="icon" href="data:,"><div id="root">${drawn}</div><script type="module" src="/app.js?${search}"></script>`
  const serve = (request: Request, env?: unknown): Response | Promise<Response> => {
    const { pathname, search } = new URL(request.url)
    if (pathname.startsWith('/api/')) {
      asked.push(`${request.method} ${pathname.slice(8)}`)
      return handler.fetch(request, env)
    }
    if (pathname === '/app.js') return new Response(code, { headers: { 'content-type': 'text/javascript; charset=utf-8' } })
    const drawn = pathname === '/drawn' ? draw(search) : ''
    return new Response(page(search.slice(1), drawn), { headers: { 'content-type': 'text/html; charset=utf-8' } })
  }
  let server = await listen({ fetch: serve, isProtected: true }, { port: 0 })
  const { port, url } = server
  const faults: string[] = []
  const contexts: BrowserContext[] = []
  return {
    url,
    holdfast,
    /** What the pages complained about, but for connections that a test took away. */
    faults,
    /** What was asked of the API. */
    asked,
    submit: async (lines: string) => (await holdfast.submit('script', { lines })).job.id,
    open: (gate: string) => writeFile(join(folder, gate), ''),
    close: (gate: string) => rm(join(folder, gate), { force: true }),
    async browser(): Promise<BrowserContext> {
      const context = await browser.newContext()
      contexts.push(context)
      return context
    },
    async visit(context: BrowserContext, path: string): Promise<Page> {
      const opened = await context.newPage()
      opened.on('pageerror', (error) => faults.push(error.message))
      opened.on('console', (message) => {
        if (message.type() !== 'error' && message.type() !== 'warning') return
        if (!/net::ERR_|Failed to load resource/.test(message.text())) faults.push(message.text())
      })
      await opened.goto(url + path)
      return opened
    },
    disconnect: async () => {
      await server.close()
      return async () => {
        server = await listen({ fetch: serve, isProtected: true }, { port, strictPort: true })
      }
    },
    async [Symbol.asyncDispose]() {
      for (const context of contexts) await context.close()
      await server.close()
      const { jobs } = await holdfast.list({ state: ['queued', 'running', 'stopping'] })
      for (const { id } of jobs) await holdfast.cancel(id)
      for (const { id } of jobs) await holdfast.wait(id)
      await holdfast.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type ReactWorld = Awaited<ReturnType<typeof openReactWorld>>
