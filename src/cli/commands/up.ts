// holdfast up: looks after jobs and serves the dashboard until it is stopped. Jobs go on without it.
import { once } from 'node:events'
import { createHandler, listen } from '../../http/index.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import { frontDoor } from '../../supervisor/front-door.ts'
import { lookAfter } from '../../supervisor/look-after.ts'
import { closeInstance, openInstance } from '../../supervisor/open-instance.ts'
import { dataOf, type Place, stderrLogger } from '../place.ts'

export interface UpOptions extends Place {
  port: string
  host: string
}

export async function up(options: UpOptions): Promise<void> {
  const port = portOf(options.port)
  const logger = { ...stderrLogger, info: (message: string) => console.error(`holdfast: ${message}`) }
  const instance = await openInstance({ data: dataOf(options), kinds: [], logger, foldersReady: 1 })
  const runner = await lookAfter(instance, 'all')
  const holdfast = frontDoor(instance, () => closeInstance(instance, runner))
  try {
    const server = await listen(createHandler(holdfast, { logger: stderrLogger }).fetch, { port, host: options.host })
    if (options.json) console.log(JSON.stringify({ url: server.url, data: holdfast.data }))
    else console.log(greeting(server.url, holdfast.data, server.port !== port && port !== 0 ? port : null))
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
    await server.close()
  } finally {
    await holdfast.close()
  }
}

function greeting(url: string, data: string, takenPort: number | null): string {
  const taken = takenPort === null ? '' : `Port ${takenPort} is taken. `
  return `${taken}Holdfast is at ${url} (data in ${data}).\nCtrl+C stops it; running jobs go on.`
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1
  if (port < 0 || port > 65_535) throw new HoldfastError('invalid_request', `--port is "${text}", but must be a number from 0 to 65535.`)
  return port
}
