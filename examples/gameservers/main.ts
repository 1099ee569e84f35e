// `npm run example gameservers`: serves the pages and executes the jobs, or only one of the two. Made to be killed: servers run on.
import { randomBytes } from 'node:crypto'
import { listen } from 'holdfast/http'
import { commandLine, runCommand, terminalLogger } from 'holdfast/terminal'
import { type App, openApp } from './app.ts'
import { createPages } from './web/pages.ts'

export interface StartOptions {
  /** The next free one is taken if it is in use. */
  port: number
  /** Data folder; found by Holdfast if absent. */
  data?: string | undefined
  /** False: pages only. */
  worker?: boolean
}

export async function start({ port, ...options }: StartOptions) {
  const app = await openApp({ ...options, logger: terminalLogger() })
  const server = await listen(createPages(app).fetch, { port, host: '127.0.0.1' })
  console.log(`gameservers  ${server.url}\ndata         ${app.holdfast.data}`)
  await firstAdmin(app)
  const close = async () => {
    await server.close()
    await app.close()
  }
  return { app, holdfast: app.holdfast, url: server.url, close }
}

/** Somebody has to be able to sign in. The password is told once, here. */
async function firstAdmin({ holdfast: { access } }: App): Promise<void> {
  if ((await access.users()).length > 0) return
  const password = randomBytes(9).toString('base64url')
  await access.addUser({ name: 'admin', password, role: 'admin', isFirst: true })
  console.log(`sign in      as “admin” with the password ${password}`)
}

const usage = 'npm run example gameservers -- [--port NUMBER] [--data FOLDER] [--no-worker]'

if (import.meta.main) {
  await runCommand(async () => {
    const { port, data, values } = commandLine({ usage, port: 4750, options: { worker: { type: 'boolean', default: true } } })
    return start({ port, data, worker: values.worker })
  })
}
