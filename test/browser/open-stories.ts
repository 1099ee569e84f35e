// Builds the page of stories and serves it under a strict policy: for pictures of every element in every state, and for what must hold in each of them.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

export interface Stories extends AsyncDisposable {
  url: string
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'"
const types: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' }

export async function openStories(): Promise<Stories> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-stories-'))
  await buildStories(folder)
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const file = path === '/' ? 'index.html' : path.slice(1)
    readFile(join(folder, file)).then(
      (body) =>
        response.writeHead(200, { 'content-type': types[extname(file)] ?? 'text/plain', 'content-security-policy': policy }).end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The elements as they are, but what is known to them comes from the stories. */
async function buildStories(outDir: string): Promise<void> {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
  await build({
    configFile: false,
    root: here('./stories'),
    base: './',
    logLevel: 'warn',
    resolve: { conditions: ['holdfast-source'] },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    plugins: [
      {
        name: 'fixed-live',
        enforce: 'pre',
        resolveId: (id) => {
          const name = ['live-of.ts', 'log-client.ts'].find((each) => id.endsWith(`/${each}`))
          return name === undefined ? null : here(`./stories/${name}`)
        },
      },
    ],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2024',
      cssTarget: ['chrome125'],
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
    },
  })
}
