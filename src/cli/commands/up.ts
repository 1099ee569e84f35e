// holdfast up: looks after jobs and serves the dashboard until it is stopped. Jobs go on without it.
import { once } from 'node:events'
import { createHandler, type Handler, type HandlerOptions, listen } from '../../http/index.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import { frontDoor } from '../../supervisor/front-door.ts'
import { lookAfter } from '../../supervisor/look-after.ts'
import { closeInstance, openInstance } from '../../supervisor/open-instance.ts'
import { dataOf, type Place, stderrLogger } from '../place.ts'
import { roleOf } from './users.ts'

export interface UpOptions extends Place {
  port: string
  host: string
  signIn?: boolean | string
  allowHost?: string
  trustedProxies?: string
  userHeader?: string
  groupsHeader?: string
  groupRoles?: string
  unprotected?: boolean | string
}

export async function up(options: UpOptions): Promise<void> {
  const port = portOf(options.port)
  const access = accessOf(options)
  const logger = { ...stderrLogger, info: (message: string) => console.error(`holdfast: ${message}`) }
  const instance = await openInstance({ data: dataOf(options), kinds: [], logger, foldersReady: 1 })
  const runner = await lookAfter(instance, 'all')
  const holdfast = frontDoor(instance, () => closeInstance(instance, runner))
  try {
    const handler = createHandler(holdfast, { ...access, logger: stderrLogger })
    const server = await listen(handler, { port, host: options.host })
    const takenPort = server.port !== port && port !== 0 ? port : null
    if (options.json) console.log(JSON.stringify({ url: server.url, data: holdfast.data }))
    else console.log(greeting({ url: server.url, data: holdfast.data, takenPort }))
    await tellSetUp(handler, { url: server.url, isOpenHere: isOpenHere(options) })
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
    await server.close()
  } finally {
    await holdfast.close()
  }
}

/** At this machine nobody has to sign in until there is a user; from elsewhere always. @throws HoldfastError `invalid_request` that names the option */
export function accessOf(options: UpOptions): HandlerOptions {
  const { userHeader, groupsHeader, groupRoles } = options
  const trustedProxies = listed(options.trustedProxies)
  const common = { trustedProxies, allowedHosts: [...listed(options.allowHost), ...hostNamed(options.host)] }
  if (isOn('HOLDFAST_UNPROTECTED', options.unprotected)) {
    if (isOn('HOLDFAST_SIGN_IN', options.signIn) || userHeader !== undefined)
      throw new HoldfastError(
        'invalid_request',
        '--unprotected looks at nobody, and --sign-in and --user-header say who may ask: only one of them can be meant.',
      )
    return { ...common, unprotected: true }
  }
  if (userHeader === undefined && (groupsHeader !== undefined || groupRoles !== undefined))
    throw new HoldfastError(
      'invalid_request',
      '--groups-header and --group-roles need --user-header: the header in which the proxy names who signed in.',
    )
  const roles = rolesOf(groupRoles)
  const forwardAuth =
    userHeader === undefined ? {} : { forwardAuth: { userHeader, roles, ...(groupsHeader !== undefined && { groupsHeader }) } }
  return { ...common, signIn: { openUntilSetUp: isOpenHere(options), ...forwardAuth } }
}

/** Behind a proxy everybody comes from here. */
function isOpenHere({ host, signIn, userHeader, trustedProxies }: UpOptions): boolean {
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.')
  return isLoopback && !isOn('HOLDFAST_SIGN_IN', signIn) && userHeader === undefined && listed(trustedProxies).length === 0
}

/** An option is true; a variable of the environment is a text. */
function isOn(variable: string, value: boolean | string | undefined): boolean {
  if (value === undefined || value === false || value === '' || value === '0' || value === 'false') return false
  if (value === true || value === '1' || value === 'true') return true
  throw new HoldfastError('invalid_request', `${variable} is "${value}", but must be 1 or 0.`)
}

function rolesOf(text: string | undefined) {
  return Object.fromEntries(
    listed(text).map((pair) => {
      const [group = '', role] = pair.split('=', 2)
      return [group.trim(), roleOf(role?.trim())]
    }),
  )
}

function listed(text = ''): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

/** A name that it listens on is one that it answers to. */
function hostNamed(host: string): string[] {
  return /[a-z]/i.test(host) && !host.includes(':') ? [host] : []
}

function greeting({ url, data, takenPort }: { url: string; data: string; takenPort: number | null }): string {
  const taken = takenPort === null ? '' : `Port ${takenPort} is taken. `
  return `${taken}Holdfast is at ${url} (data in ${data}).\nCtrl+C stops it; running jobs go on.`
}

/** On stderr also with --json: the code is for a person. */
async function tellSetUp(handler: Handler, { url, isOpenHere }: { url: string; isOpenHere: boolean }): Promise<void> {
  const code = await handler.firstUserCode()
  if (code === null || isOpenHere) return
  console.error(`Nobody can sign in yet. Make the first user at ${url}/sign-in#code=${code}`)
  console.error(`or, from another machine, with the code ${code}.`)
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1
  if (port < 0 || port > 65_535) throw new HoldfastError('invalid_request', `--port is "${text}", but must be a number from 0 to 65535.`)
  return port
}
