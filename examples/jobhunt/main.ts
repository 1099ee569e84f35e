// `npm run example jobhunt`: the companies' sites, the app, and the server before both.
import { resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Holdfast, HoldfastError, type Logger } from 'holdfast'
import { listen } from 'holdfast/http'
import { openApp } from './app.ts'
import { serveSites } from './serve-sites.ts'
import { createPages } from './web/routes.ts'

export interface StartOptions {
  data: string
  /** The next free one is taken if it is in use. */
  port: number
  out?: Writable
}

export interface Started {
  url: string
  holdfast: Holdfast
  /** Stops serving. Jobs that run go on and are found by the next start. */
  close(): Promise<void>
}

export async function start({ data, port, out = process.stdout }: StartOptions): Promise<Started> {
  const { JOBHUNT_SITES } = process.env
  const served = JOBHUNT_SITES === undefined ? await serveSites(port === 0 ? 0 : port + 1) : null
  const app = await openApp({ data, sites: served?.url ?? JOBHUNT_SITES ?? '', logger: terminalLogger(out) })
  const server = await listen(createPages(app).fetch, { port })
  out.write(`jobhunt     ${server.url}\ncompanies   ${app.sites}\ndata        ${data}\n\n`)
  return {
    url: server.url,
    holdfast: app.holdfast,
    async close() {
      await server.close()
      await app.holdfast.close()
      await served?.close()
      app.results.close()
    },
  }
}

/** What the start found of the last one, and whatever is wrong. How each job ended the pages tell. */
function terminalLogger(out: Writable): Logger {
  const write = (message: string) => void out.write(`${message}\n`)
  const info = (message: string, fields?: Record<string, unknown>) => {
    if (fields?.adopted !== undefined) write(message)
  }
  return { info, warn: write, error: write }
}

/** From a shell, until Ctrl+C; one sentence for every expected error. */
export async function run(argv = process.argv.slice(2)): Promise<void> {
  try {
    const app = await start(asked(argv, process.env))
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => app.close().then(() => process.exit(0)))
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    console.error(`${error.message} ${error.help}`)
    process.exit(1)
  }
}

/** @throws HoldfastError */
function asked(argv: string[], environment: NodeJS.ProcessEnv): { data: string; port: number } {
  const { values } = parsed(() => parseArgs({ args: argv, options: { port: { type: 'string' }, data: { type: 'string' } } }))
  const data = values.data ?? environment.HOLDFAST_DATA ?? fileURLToPath(new URL('./.holdfast', import.meta.url))
  const port = Number(values.port ?? environment.PORT ?? 4747)
  if (Number.isInteger(port) && port >= 0 && port < 65_535) return { data: resolve(data), port }
  throw new HoldfastError('invalid_config', 'The port has to be a number from 0 to 65534.')
}

function parsed<T>(parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    throw new HoldfastError('invalid_config', 'Usage: npm run example jobhunt -- [--port NUMBER] [--data FOLDER].', { cause })
  }
}

if (import.meta.main) await run()
