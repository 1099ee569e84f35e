// `npm run example bookapp`: the web app, until Ctrl+C. What is being written goes on without it, and is found by the next start.
import type { Writable } from 'node:stream'
import { listen } from 'holdfast/http'
import { commandLine, runCommand, terminalLogger } from 'holdfast/terminal'
import { type AppOptions, openApp } from './app.ts'
import { createPages } from './web/pages.ts'
import { nameOf } from './writer/writer.ts'

export interface StartOptions extends AppOptions {
  /** The next free one is taken if it is in use. */
  port: number
  out?: Writable
}

export async function start({ port, out = process.stdout, ...options }: StartOptions) {
  const app = await openApp({ logger: terminalLogger(out), ...options })
  const server = await listen(createPages(app).fetch, { port, host: '127.0.0.1' })
  out.write(`bookapp     ${server.url}\ndashboard   ${new URL('holdfast/', server.url)}\ndata        ${app.holdfast.data}\n`)
  out.write(`writer      ${nameOf(app.settings.writer)}\n\n`)
  return { holdfast: app.holdfast, app, url: server.url, close: () => server.close().then(() => app.holdfast.close()) }
}

const usage = 'npm run example bookapp -- [--port NUMBER] [--data FOLDER]'

if (import.meta.main) {
  await runCommand(async () => {
    const { port, data } = commandLine({ usage, port: 4748 })
    return start({ port, data })
  })
}
