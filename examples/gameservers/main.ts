// `npm run example gameservers`: serves the pages and executes the jobs, or only one of the two. Made to be killed: servers run on.
import { randomBytes } from 'node:crypto'
import { listen } from 'holdfast/http'
import { commandLine, runCommand, terminalLogger } from 'holdfast/terminal'
import { type App, type AppOptions, openApp } from './app.ts'
import { createPages } from './web/pages.ts'

/** The next free port is taken if this one is in use. */
export async function start({ port, ...options }: AppOptions & { port: number }) {
  const app = await openApp({ logger: terminalLogger(), ...options })
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
  // Told before it holds: one that is killed in between has let nobody in by a password that nobody knows.
  console.log(`sign in      as “admin” with the password ${password}`)
  await access.addUser({ name: 'admin', password, role: 'admin', isFirst: true })
}

const usage = 'npm run example gameservers -- [--port NUMBER] [--data FOLDER] [--no-worker]'

if (import.meta.main) {
  await runCommand(async () => {
    const { port, data, values } = commandLine({ usage, port: 4750, options: { worker: { type: 'boolean', default: true } } })
    return start({ port, data, worker: values.worker })
  })
}
