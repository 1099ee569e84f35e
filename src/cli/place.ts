// Where a command works: on a server over the network, or on a data folder, through the same HTTP app mounted in this process.
import { existsSync, readFileSync } from 'node:fs'
import { createClient, type HoldfastClient, HoldfastClientError } from '../client/index.ts'
import { HoldfastError } from '../supervisor/errors.ts'
import { findDataFolder } from '../supervisor/find-data-folder.ts'

/** The options that say where. */
export interface Place {
  data?: string
  url?: string
  json?: boolean
  /** What is asked for may be the first thing in a new folder. */
  mayMake?: boolean
}

export interface Connection {
  client: HoldfastClient
  /** For people: the folder or the address. */
  where: string
  /** What keeps the server from writing down what happens; a folder's own trouble is told by the logger. */
  degraded(): Promise<string | null>
  close(): Promise<void>
}

/** `follows`: jobs whose orphans are looked after as long as the connection is open; the others are only settled. */
export async function connect(place: Place, follows: readonly number[] | 'all' = []): Promise<Connection> {
  if (place.url !== undefined) return overNetwork(place)
  const { closeInstance, openInstance } = await import('../supervisor/open-instance.ts')
  const { frontDoor } = await import('../supervisor/front-door.ts')
  const { repair } = await import('../supervisor/repair.ts')
  const { lookAfter } = await import('../supervisor/look-after.ts')
  const { createHandler } = await import('../http/index.ts')
  if (!place.mayMake) refuseMissing(place)
  const instance = await openInstance({ data: dataOf(place), kinds: [], logger: stderrLogger, foldersReady: 1 })
  const runner = follows.length > 0 ? await lookAfter(instance, follows) : null
  await repair(instance)
  const close = () => closeInstance(instance, runner)
  // Whoever may open the folder may do everything to it.
  const handler = createHandler(frontDoor(instance, close), { unprotected: true, logger: stderrLogger })
  const client = createClient({ url: 'http://127.0.0.1/', fetch: (request) => handler.fetch(request) })
  return { client, where: instance.data, degraded: async () => null, close }
}

// To look must not make: a mistyped folder would be there for ever after.
function refuseMissing(place: Place): void {
  const named = place.data ?? process.env.HOLDFAST_DATA
  if (named && !existsSync(dataOf(place))) throw new HoldfastError('data_folder', `There is no data folder ${dataOf(place)}.`)
}

/** The data folder by the one rule. */
export function dataOf(place: Place): string {
  return findDataFolder({ named: place.data, cwd: process.cwd(), environment: process.env, fallback: 'state' })
}

/** `42` or `#42`. @throws HoldfastError `invalid_request` */
export function jobNumber(text: string): number {
  const digits = /^#?([1-9]\d{0,14})$/.exec(text)?.[1]
  if (digits === undefined) throw new HoldfastError('invalid_request', `"${text}" is not a job number such as 42.`)
  return Number(digits)
}

/** What to put behind a suggested command so that it finds the same place. */
export function placeFlags(place: Place): string {
  if (place.url !== undefined) return ` --url ${place.url}`
  return place.data === undefined ? '' : ` --data ${place.data}`
}

/** Only the app has the definitions of its kinds; a folder alone has the jobs. */
export async function needsTheApp<Answer>({ url }: Place, answer: Promise<Answer>): Promise<Answer> {
  return answer.catch((error) => {
    const isMissing = url === undefined && error instanceof HoldfastClientError && error.code === 'unknown_kind'
    if (!isMissing) throw error
    throw new HoldfastError('unknown_kind', 'Only the app that defines this kind can submit it: say where it is with --url.', {
      cause: error,
    })
  })
}

export const stderrLogger = {
  info() {},
  warn: (message: string) => console.error(`holdfast: ${message}`),
  error: (message: string) => console.error(`holdfast: ${message}`),
}

/** In one line, where no output of the command is. */
export async function tellTrouble({ degraded }: Connection): Promise<void> {
  const said = await degraded()
  if (said !== null) stderrLogger.warn(`${said}; jobs run on, and what is shown is as of before`)
}

function overNetwork({ url = '', data }: Place): Connection {
  if (data !== undefined)
    throw new HoldfastError('invalid_request', '--url and --data cannot be combined: a server knows its own data folder.')
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new HoldfastError('invalid_request', `--url is "${url}", but must be an address such as http://127.0.0.1:4747.`)
  const token = tokenOfEnvironment()
  const client = createClient({ url: url.endsWith('/') ? url : `${url}/`, ...(token && { token }) })
  // Beside what was asked for; without an answer that itself says what is wrong.
  const degraded = async () => (await client.summary().catch(() => null))?.degraded ?? null
  return { client, where: url, degraded, async close() {} }
}

/** Not an option: every user of the machine can read those. @throws HoldfastError `invalid_request` */
function tokenOfEnvironment(): string | null {
  const { HOLDFAST_TOKEN: token, HOLDFAST_TOKEN_FILE: file } = process.env
  if (token || !file) return token || null
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new HoldfastError(
      'invalid_request',
      `HOLDFAST_TOKEN_FILE is ${file}, which cannot be read: ${error instanceof Error ? error.message : error}`,
    )
  }
}
