// `npm run example bookapp`: the web app, until Ctrl+C. What is being written goes on without it, and is found by the next start.
import type { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { HoldfastError, type Logger } from 'holdfast'
import { listen } from 'holdfast/http'
import { type App, type AppOptions, openApp } from './app.ts'
import { SettingsError } from './settings.ts'
import { createPages } from './web/pages.ts'
import { nameOf } from './writer/writer.ts'

export interface StartOptions extends AppOptions {
  /** The next free one is taken if it is in use. Default 4748. */
  port?: number
  out?: Writable
}

export async function start({ port = 4748, out = process.stdout, ...options }: StartOptions = {}) {
  const app = await openApp({ logger: terminalLogger(out), ...options })
  const server = await listen(createPages(app).fetch, { port, host: '127.0.0.1' })
  out.write(`bookapp     ${server.url}\ndashboard   ${new URL('holdfast/', server.url)}\ndata        ${app.holdfast.data}\n`)
  out.write(`writer      ${nameOf(app.settings.writer)}\n\n`)
  const close = async () => {
    await server.close()
    await app.holdfast.close()
  }
  return { app, url: server.url, close }
}

/** What the start found of the last one, and whatever is wrong. How each job ended the pages tell. */
function terminalLogger(out: Writable): Logger {
  const write = (message: string) => void out.write(`${message}\n`)
  const info = (message: string, fields?: Record<string, unknown>) => {
    if (fields?.adopted !== undefined) write(message)
  }
  return { info, warn: write, error: write }
}

export async function run(argv = process.argv.slice(2)): Promise<void> {
  try {
    const { app, close } = await start(asked(argv))
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(app, close))
  } catch (error) {
    if (!(error instanceof HoldfastError || error instanceof SettingsError)) throw error
    console.error(error instanceof HoldfastError ? `${error.message} ${error.help}` : error.message)
    process.exit(1)
  }
}

async function stop({ holdfast }: App, close: () => Promise<void>): Promise<void> {
  const { running } = await holdfast.count()
  console.log(running > 0 ? '\nStopped. What is being written goes on; the next start finds it.' : '\nStopped.')
  await close()
  process.exit(0)
}

function asked(argv: string[]): StartOptions {
  try {
    const { values } = parseArgs({ args: argv, options: { port: { type: 'string' }, data: { type: 'string' } } })
    const { port = process.env.PORT, data } = values
    const number = Number(port ?? 4748)
    if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new Error('a port is a number from 0 to 65535')
    return { port: number, ...(data === undefined ? {} : { data }) }
  } catch (cause) {
    throw new HoldfastError('invalid_config', 'Usage: npm run example bookapp -- [--port NUMBER] [--data FOLDER].', { cause })
  }
}

if (import.meta.main) await run()
