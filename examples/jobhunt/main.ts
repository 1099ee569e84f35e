// `npm run example jobhunt`: the companies' sites, the app, and the server before both.
import type { Writable } from 'node:stream'
import { dataFolder, type Holdfast } from 'holdfast'
import { listen } from 'holdfast/http'
import { commandLine, runCommand, terminalLogger } from 'holdfast/terminal'
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
  // The next port: the one after 65535 is none.
  const served = JOBHUNT_SITES === undefined ? await serveSites(port % 65_535 === 0 ? 0 : port + 1) : null
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

const usage = 'npm run example jobhunt -- [--port NUMBER] [--data FOLDER]'

if (import.meta.main) {
  await runCommand(async () => {
    const { port, data } = commandLine({ usage, port: 4751 })
    return start({ port, data: dataFolder(data) })
  })
}
