// `npm start`: opens Holdfast, serves the page at once, and builds the first index if there is none.
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { type Holdfast, HoldfastError, openHoldfast } from 'holdfast'
import { listen } from 'holdfast/http'
import { showJob } from 'holdfast/terminal'
import { openLibrary } from './library.ts'
import { defineRebuild } from './rebuild-job.ts'
import { openSettings } from './settings.ts'
import { createApp, type Parts, startRebuild } from './web/app.ts'
import { count, duration } from './web/format.ts'

export interface StartOptions {
  /** The next free one is taken if it is in use. Default 4747. */
  port?: number
  /** Data folder; found by Holdfast if absent. */
  data?: string
  out?: Writable
  /** Another list of films, such as a short one for tests. */
  films?: string
}

export interface Started {
  url: string
  holdfast: Holdfast
  /** Resolves with the first index in use, with its rebuild over, or when closed. */
  ready: Promise<void>
  /** Stops serving. A running rebuild goes on and is found by the next start. */
  close(): Promise<void>
}

export async function start({ port = 4747, data, out = process.stdout, films }: StartOptions = {}): Promise<Started> {
  const rebuild = defineRebuild(films === undefined ? {} : { films })
  const holdfast = await openHoldfast({ kinds: [rebuild], logger: terminalLogger(out), ...(data === undefined ? {} : { data }) })
  const settings = openSettings(join(holdfast.data, 'recommend'))
  const parts: Parts = { holdfast, rebuild, library: openLibrary(holdfast), settings }
  const server = await listen(createApp(parts).fetch, { port, host: '127.0.0.1' })
  if (port !== 0 && server.port !== port) out.write(`Port ${port} is taken; this is the next free one.\n`)
  out.write(`recommend   ${server.url}\ndashboard   ${new URL('holdfast/', server.url)}\ndata        ${holdfast.data}\n\n`)
  const close = async () => {
    await server.close()
    await holdfast.close()
  }
  return { url: server.url, holdfast, ready: firstIndex(parts, out).catch(unlessClosed), close }
}

/** What the start found of the last one, and whatever is wrong. How each rebuild ended the pages tell. */
function terminalLogger(out: Writable) {
  const write = (message: string) => void out.write(`${message}\n`)
  const info = (message: string, fields?: Record<string, unknown>) => {
    if (fields?.adopted !== undefined) write(message)
  }
  return { info, warn: write, error: write }
}

/** Builds the first index, or follows the rebuild that an earlier start left running. Does nothing when there is a snapshot. */
async function firstIndex(parts: Parts, out: Writable): Promise<void> {
  const { holdfast, library } = parts
  const loaded = await library.current()
  if (loaded !== null) {
    out.write(`Index ${loaded.snapshot.number} is in use, ${count(loaded.index.films.length)} films. Nothing to rebuild.\n`)
    return
  }
  const { job, created } = await startRebuild(parts, { mode: 'data', by: 'setup' })
  out.write(
    created ? `No index yet: building the first one, rebuild ${job.id}.\n` : `Rebuild ${job.id} is running already; following it.\n`,
  )
  const done = await showJob(holdfast, job.id, { out })
  const built = done.state === 'succeeded' ? await library.current() : null
  if (built === null)
    out.write(`${done.state}: ${done.failure?.message ?? 'no reason was recorded'}. The page tells more and can build again.\n`)
  else {
    const took = duration((done.finishedAt ?? 0) - (done.startedAt ?? done.submittedAt))
    out.write(`succeeded, snapshot ${built.snapshot.number} published, ${count(built.index.films.length)} films, ${took}\n`)
  }
}

/** Closing ends the wait for the first index; that is no failure. */
function unlessClosed(error: unknown): void {
  if (!(error instanceof HoldfastError && error.code === 'closed')) throw error
}

/** From a shell: until Ctrl+C, with one sentence for every expected error. */
export async function run(argv = process.argv.slice(2)): Promise<void> {
  try {
    const app = await start(portFrom(argv, process.env))
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(app))
    await app.ready
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    console.error(`${error.message} ${error.help}`)
    process.exit(1)
  }
}

async function stop({ holdfast, close }: Started): Promise<void> {
  const { running } = await holdfast.count()
  console.log(running > 0 ? '\nStopped. The rebuild goes on; the next start finds it.' : '\nStopped.')
  await close()
  process.exit(0)
}

export function portFrom(argv: string[], environment: NodeJS.ProcessEnv): { port?: number } {
  const given = portOption(argv) ?? environment.PORT
  if (given === undefined) return {}
  const port = given === '' ? Number.NaN : Number(given)
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return { port }
  throw new HoldfastError('invalid_config', `The port has to be a number from 0 to 65535, not “${given}”.`)
}

function portOption(argv: string[]): string | undefined {
  try {
    return parseArgs({ args: argv, options: { port: { type: 'string' } } }).values.port
  } catch (error) {
    throw new HoldfastError('invalid_config', 'The only option is --port NUMBER.', { cause: error })
  }
}

if (import.meta.main) await run()
