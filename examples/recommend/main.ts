// `npm start` serves the pages at once and builds the first index if there is none; `recommend setup` does the work without a web server.
import type { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { type Holdfast, HoldfastError, type Logger } from 'holdfast'
import { listen } from 'holdfast/http'
import { type AppOptions, openApp } from './app.ts'
import { modeFrom, setup } from './setup.ts'
import { createPages } from './web/pages.ts'

export interface StartOptions extends AppOptions {
  /** The next free one is taken if it is in use. Default 4747. */
  port?: number
  out?: Writable
}

export interface Started {
  url: string
  holdfast: Holdfast
  /** Resolves with the first index in use, with its rebuild over, or when closed. */
  ready: Promise<void>
  /** Stops serving. A running rebuild goes on and is found by the next start. */
  close(): Promise<void>
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

/** What the start found of the last one, and whatever is wrong. How each rebuild ended the pages tell. */
function terminalLogger(out: Writable): Logger {
  const write = (message: string) => void out.write(`${message}\n`)
  const info = (message: string, fields?: Record<string, unknown>) => {
    if (fields?.adopted !== undefined) write(message)
  }
  return { info, warn: write, error: write }
}

/** Closing ends the wait for the first index; that is no failure. */
function unlessClosed(error: unknown): void {
  if (!(error instanceof HoldfastError && error.code === 'closed')) throw error
}

/** From a shell: the web app until Ctrl+C, or `setup`; one sentence for every expected error. */
export async function run(argv = process.argv.slice(2)): Promise<void> {
  try {
    const { port, mode } = asked(argv, process.env)
    if (mode !== undefined) return await setUp(mode)
    const app = await start(port === undefined ? {} : { port })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(app))
    await app.ready
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    console.error(`${error.message} ${error.help}`)
    process.exit(1)
  }
}

/** Ctrl+C ends the command only: the rebuild goes on, and the next one that looks finds it. */
async function setUp(mode: ReturnType<typeof modeFrom>): Promise<void> {
  const app = await openApp({ logger: terminalLogger(process.stderr) })
  process.exitCode = await setup(app, mode, { by: 'a terminal', out: process.stdout })
  app.library.close()
  await app.holdfast.close()
}

async function stop({ holdfast, close }: Started): Promise<void> {
  const { running } = await holdfast.count()
  console.log(running > 0 ? '\nStopped. The rebuild goes on; the next start finds it.' : '\nStopped.')
  await close()
  process.exit(0)
}

const usage = 'Usage: recommend [--port NUMBER], or recommend setup [--refresh-data | --refresh-profile].'

/** A `mode`, which may be null, means `setup`. @throws HoldfastError */
export function asked(argv: string[], environment: NodeJS.ProcessEnv): { port?: number; mode?: ReturnType<typeof modeFrom> } {
  const options = { port: { type: 'string' }, 'refresh-data': { type: 'boolean' }, 'refresh-profile': { type: 'boolean' } } as const
  const { values, positionals } = parsed(() => parseArgs({ args: argv, options, allowPositionals: true }))
  const { port = environment.PORT, 'refresh-data': data = false, 'refresh-profile': profile = false } = values
  if (positionals.join() === 'setup' && values.port === undefined) return { mode: modeFrom({ data, profile }) }
  if (positionals.length > 0 || data || profile) throw new HoldfastError('invalid_config', usage)
  if (port === undefined) return {}
  const number = port === '' ? Number.NaN : Number(port)
  if (Number.isInteger(number) && number >= 0 && number < 65_536) return { port: number }
  throw new HoldfastError('invalid_config', `The port has to be a number from 0 to 65535, not “${port}”.`)
}

function parsed<T>(parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    throw new HoldfastError('invalid_config', usage, { cause })
  }
}

if (import.meta.main) await run()
