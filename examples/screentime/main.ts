// `npm run example screentime` serves the pages; `-- start EPISODE STAGE` starts a stage from a terminal, with or without the web app.
import { parseArgs } from 'node:util'
import { HoldfastError } from 'holdfast'
import { listen } from 'holdfast/http'
import { type App, openApp, startStage } from './app.ts'
import { makeSample } from './sample.ts'
import { isStage, stages } from './stages.ts'
import { createPages } from './web/pages.ts'

/** From a shell; one sentence for every expected error. */
export async function run(argv = process.argv.slice(2)): Promise<void> {
  try {
    const { port, data, rest } = asked(argv)
    const app = await openApp({ ...(data !== undefined && { data }), logger: terminalLogger })
    if (rest.length > 0) await startFromTerminal(app, rest)
    else await serve(app, port)
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    console.error(`${error.message} ${error.help}`)
    process.exit(1)
  }
}

/** Ends when the stage has begun: it goes on without this command, and is looked after by whoever has the folder open. */
async function startFromTerminal(app: App, [, episode = '', stage = '']: string[]): Promise<void> {
  if (!isStage(stage)) throw new HoldfastError('invalid_config', usage)
  const { job, words } = await startStage(app, episode, stage, 'a terminal')
  console.log(words)
  for await (const { state, hold } of app.holdfast.watch(job.id)) if (state !== 'queued' || hold !== 'ready') break
  await app.holdfast.close()
}

async function serve(app: App, port: number): Promise<void> {
  const { holdfast, library } = app
  if (library.list().length === 0) await makeSample(library)
  const server = await listen(createPages(app).fetch, { port, host: '127.0.0.1' })
  console.log(`screentime  ${server.url}\ndashboard   ${server.url}/holdfast/\nvideos      ${library.folder}/videos\n`)
  const stop = async () => {
    const { running } = await holdfast.count()
    console.log(running > 0 ? '\nStopped. What runs goes on; the next start finds it.' : '\nStopped.')
    await server.close()
    await holdfast.close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
}

const usage = `Usage: screentime [--port NUMBER] [--data FOLDER], or screentime start EPISODE STAGE, where STAGE is one of ${stages.join(', ')}.`

function asked(argv: string[]): { port: number; data: string | undefined; rest: string[] } {
  const { values, positionals: rest } = parsed(() =>
    parseArgs({ args: argv, options: { port: { type: 'string' }, data: { type: 'string' } }, allowPositionals: true }),
  )
  const port = Number(values.port ?? (process.env.PORT || 4747))
  const isKnown = rest.length === 0 || (rest.length === 3 && rest[0] === 'start')
  if (isKnown && Number.isInteger(port) && port >= 0 && port < 65_536) return { port, data: values.data, rest }
  throw new HoldfastError('invalid_config', usage)
}

function parsed<T>(parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    throw new HoldfastError('invalid_config', usage, { cause })
  }
}

/** What the start found of the last one, and whatever is wrong. How each stage ended the pages tell. */
const terminalLogger = {
  info: (message: string, fields?: Record<string, unknown>) => void (fields?.adopted !== undefined && console.log(message)),
  warn: (message: string) => console.warn(message),
  error: (message: string) => console.error(message),
}

if (import.meta.main) await run()
