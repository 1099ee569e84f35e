// `npm run example screentime` serves the pages; `-- start EPISODE STAGE` starts a stage from a terminal, with or without the web app.
import { HoldfastError, waitingWords } from 'holdfast'
import { listen } from 'holdfast/http'
import { commandLine, runCommand, type Serving, terminalLogger } from 'holdfast/terminal'
import { type App, openApp } from './app.ts'
import { makeSample } from './sample.ts'
import { isStage, type Stage, stages } from './stages.ts'
import { createPages } from './web/pages.ts'

const usage = `screentime [--port NUMBER] [--data FOLDER], or screentime start EPISODE STAGE, where STAGE is one of ${stages.join(', ')}`

/** From a shell; one sentence for every expected error. */
async function command(): Promise<Serving | undefined> {
  const { port, data, positionals } = commandLine({ usage, port: 4749, allowPositionals: true })
  const [verb, episode, stage = ''] = positionals
  const isStart = verb === 'start' && episode !== undefined && isStage(stage) && positionals.length === 3
  if (verb !== undefined && !isStart) throw new HoldfastError('invalid_config', `Usage: ${usage}.`)
  const app = await openApp({ data, logger: terminalLogger() })
  if (!isStart) return await serve(app, port)
  await startFromTerminal(app, episode, stage)
  return undefined
}

/** Ends when the stage has begun, or waits: it goes on without this command, and is looked after by whoever has the folder open. */
async function startFromTerminal({ holdfast, kinds }: App, episode: string, stage: Stage): Promise<void> {
  const { job, created } = await holdfast.submit(kinds[stage], { episode }, { submittedBy: 'a terminal' })
  console.log(`${created ? 'started' : 'already running'}: ${job.id}`)
  for await (const { state, hold, waitingFor } of holdfast.watch(job.id)) {
    if (state === 'queued' && hold !== 'ready' && waitingFor !== null) console.log(waitingWords(waitingFor))
    if (state !== 'queued' || hold !== 'ready') break
  }
  await holdfast.close()
}

async function serve(app: App, port: number): Promise<Serving> {
  const { holdfast, library } = app
  if (library.list().length === 0) await makeSample(library)
  const server = await listen(createPages(app).fetch, { port, host: '127.0.0.1' })
  console.log(`screentime  ${server.url}\ndashboard   ${server.url}/holdfast/\nvideos      ${library.folder}/videos\n`)
  const close = async () => {
    await server.close()
    await holdfast.close()
  }
  return { holdfast, close }
}

if (import.meta.main) await runCommand(command)
