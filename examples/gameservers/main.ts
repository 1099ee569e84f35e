// `npm run example gameservers`: serves the pages and executes the jobs, or only one of the two. Made to be killed: servers run on.
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { HoldfastError } from 'holdfast'
import { listen } from 'holdfast/http'
import { type App, openApp } from './app.ts'
import { createPages } from './web/pages.ts'

export interface StartOptions {
  /** The next free one is taken if it is in use. Default 4750. */
  port?: number
  /** Data folder; found by Holdfast if absent. */
  data?: string
  /** False: pages only. */
  worker?: boolean
}

export async function start({ port = 4750, ...options }: StartOptions = {}): Promise<{ app: App; url: string; close(): Promise<void> }> {
  const app = await openApp({ ...options, logger: { info() {}, warn: console.warn, error: console.error } })
  const server = await listen(createPages(app).fetch, { port, host: '127.0.0.1' })
  console.log(`gameservers  ${server.url}\ndata         ${app.holdfast.data}`)
  await firstAdmin(app)
  const close = async () => {
    await server.close()
    await app.close()
  }
  return { app, url: server.url, close }
}

/** Somebody has to be able to sign in. The password is told once, here. */
async function firstAdmin({ holdfast: { access } }: App): Promise<void> {
  if ((await access.users()).length > 0) return
  const password = randomBytes(9).toString('base64url')
  await access.addUser({ name: 'admin', password, role: 'admin', isFirst: true })
  console.log(`sign in      as “admin” with the password ${password}`)
}

export async function run(argv = process.argv.slice(2)): Promise<void> {
  try {
    const { close } = await start(asked(argv))
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, async () => {
        console.log('\nStopped. Game servers and jobs run on; the next start finds them.')
        await close()
        process.exit(0)
      })
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    console.error(`${error.message} ${error.help}`)
    process.exit(1)
  }
}

const usage = 'Usage: gameservers [--port NUMBER] [--data FOLDER] [--no-worker].'

/** @throws HoldfastError */
export function asked(argv: string[]): StartOptions {
  const options = { port: { type: 'string' }, data: { type: 'string' }, worker: { type: 'boolean', default: true } } as const
  try {
    const { port, ...values } = parseArgs({ args: argv, options, allowNegative: true }).values
    if (port !== undefined && !/^\d{1,5}$/.test(port)) throw new Error('no port')
    return { ...values, ...(port !== undefined && { port: Number(port) }) }
  } catch (cause) {
    throw new HoldfastError('invalid_config', usage, { cause })
  }
}

if (import.meta.main) await run()
