// `npm start` serves the pages at once and builds the first index if there is none; `recommend setup` does the work without a web server.
import type { Writable } from 'node:stream'
import { HoldfastError } from 'holdfast'
import { listen } from 'holdfast/http'
import { commandLine, runCommand, type Serving, terminalLogger } from 'holdfast/terminal'
import { type AppOptions, openApp } from './app.ts'
import { modeFrom, setup } from './setup.ts'
import { createPages } from './web/pages.ts'

export interface StartOptions extends AppOptions {
  /** The next free one is taken if it is in use. Default 4747. */
  port?: number
  out?: Writable
}

export interface Started extends Serving {
  url: string
  /** Resolves with the first index in use, with its rebuild over, or when closed. */
  ready: Promise<void>
}

export async function start({ port = 4747, out = process.stdout, ...options }: StartOptions = {}): Promise<Started> {
  const app = await openApp({ logger: terminalLogger(out), ...options })
  const { holdfast } = app
  const server = await listen(createPages(app).fetch, { port, host: '127.0.0.1' })
  if (port !== 0 && server.port !== port) out.write(`Port ${port} is taken; this is the next free one.\n`)
  out.write(`recommend   ${server.url}\ndashboard   ${new URL('holdfast/', server.url)}\ndata        ${holdfast.data}\n\n`)
  const close = async () => {
    await server.close()
    await holdfast.close()
  }
  const ready = setup(app, null, { by: 'the first start', out }).then(() => undefined, unlessClosed)
  return { url: server.url, holdfast, ready, close }
}

/** Closing ends the wait for the first index; that is no failure. */
function unlessClosed(error: unknown): void {
  if (!(error instanceof HoldfastError && error.code === 'closed')) throw error
}

const usage = 'recommend [--port NUMBER] [--data FOLDER], or recommend setup [--data FOLDER] [--refresh-data | --refresh-profile]'

/** From a shell: the web app until Ctrl+C, or `setup`. */
async function command(): Promise<Serving | undefined> {
  const { port, data, mode } = asked()
  if (mode === undefined) return await start({ port, data })
  await setUp(mode, data)
  return undefined
}

/** Ctrl+C ends the command only: the rebuild goes on, and the next one that looks finds it. */
async function setUp(mode: ReturnType<typeof modeFrom>, data: string | undefined): Promise<void> {
  const app = await openApp({ data, logger: terminalLogger(process.stderr) })
  process.exitCode = await setup(app, mode, { by: 'a terminal', out: process.stdout })
  app.library.close()
  await app.holdfast.close()
}

/** A `mode`, which may be null, means `setup`. @throws HoldfastError */
export function asked(argv?: string[]): { port: number; data: string | undefined; mode?: ReturnType<typeof modeFrom> } {
  const options = { 'refresh-data': { type: 'boolean' }, 'refresh-profile': { type: 'boolean' } } as const
  const { port, data, values, positionals } = commandLine({ usage, port: 4747, options, allowPositionals: true, ...(argv && { argv }) })
  const { 'refresh-data': refreshData = false, 'refresh-profile': refreshProfile = false } = values
  if (positionals.join() === 'setup') return { port, data, mode: modeFrom({ data: refreshData, profile: refreshProfile }) }
  if (positionals.length > 0 || refreshData || refreshProfile) throw new HoldfastError('invalid_config', `Usage: ${usage}.`)
  return { port, data }
}

if (import.meta.main) await runCommand(command)
