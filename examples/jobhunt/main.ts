// `npm run example jobhunt`: the companies' sites, the app, and the server before both.
import { dataFolder } from 'holdfast'
import { listen } from 'holdfast/http'
import { commandLine, runCommand, terminalLogger } from 'holdfast/terminal'
import { openApp } from './app.ts'
import { sites } from './sites.ts'
import { createPages } from './web/routes.ts'

await runCommand(async () => {
  const { port, data: named } = commandLine({ usage: 'npm run example jobhunt -- [--port NUMBER] [--data FOLDER]', port: 4751 })
  const data = dataFolder(named)
  const { JOBHUNT_SITES } = process.env
  // The next port: the one after 65535 is none.
  const companies = JOBHUNT_SITES ? null : await listen(sites.fetch, { port: port % 65_535 === 0 ? 0 : port + 1 })
  const app = await openApp({ data, sites: companies?.url ?? JOBHUNT_SITES ?? '', logger: terminalLogger(process.stdout) })
  const server = await listen(createPages(app).fetch, { port })
  console.log(`jobhunt     ${server.url}\ncompanies   ${companies?.url ?? JOBHUNT_SITES}\ndata        ${data}\n`)
  return {
    holdfast: app.holdfast,
    /** Stops serving. Jobs that run go on and are found by the next start. */
    async close() {
      await server.close()
      await app.holdfast.close()
      await companies?.close()
      app.results.close()
    },
  }
})
