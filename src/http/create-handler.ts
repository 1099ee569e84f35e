// Holdfast as something a web app can mount: a fetch function and a Node listener over one app. Knows no port.
import { IncomingMessage, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { HoldfastError } from '../supervisor/errors.ts'
import type { Holdfast } from '../supervisor/holdfast.ts'
import type { Logger } from '../supervisor/logger.ts'
import { type AccessOptions, doorkeeper } from './access/doorkeeper.ts'
import { createApp } from './app.ts'
import type { NodeEnv } from './context.ts'
import { openDashboard } from './dashboard-files.ts'
import { hostNames } from './origin.ts'
import { toProblem } from './problem.ts'
import { restoreParsedBody } from './request-body.ts'

export interface HandlerOptions extends AccessOptions {
  /** Where the app mounts Holdfast, such as `/holdfast`. Needed only when paths arrive with it still in front. */
  basePath?: string
  /** Host names to answer to, besides those of this machine's loopback. Without port. */
  allowedHosts?: readonly string[]
  /** Jobs of one kind that may be queued before a submit over HTTP is refused with `too_many`. Default 10,000. */
  maxQueued?: number
  /** Where faults are told; `console` if absent. */
  logger?: Logger
}

export interface Handler {
  /** Answers a web Request; fits Hono, and whatever else has Requests. `env`: as Hono's Node adapter has it; its own Requests need none. */
  fetch(request: Request, env?: unknown): Promise<Response>
  /** Answers a request of node:http; fits Express's `use`, also behind `express.json()`. */
  node(request: IncomingMessage, response: ServerResponse): void
  /** Somebody looks at who asks: it may be listened to from other machines. */
  readonly isProtected: boolean
  /** With `signIn`, while there is no user: what whoever is not at this machine has to know to make the first one. */
  firstUserCode(): Promise<string | null>
}

export function createHandler(holdfast: Holdfast, options: HandlerOptions = {}): Handler {
  const logger = options.logger ?? console
  const keeper = doorkeeper(holdfast, options)
  const app = createApp({
    holdfast,
    logger,
    basePath: normalizeBase(options.basePath ?? ''),
    allowedHosts: hostNames(options.allowedHosts),
    dashboard: openDashboard(),
    doorkeeper: keeper,
    maxQueued: queuedAtMost(options.maxQueued),
  })
  const fetch = async (request: Request, env?: unknown) => app.fetch(request, nodeEnvOf(request, env))
  const listener = getRequestListener(fetch, {
    // The app we live in keeps its own Request and Response.
    overrideGlobalObjects: false,
    errorHandler: (error) => toProblem(new HoldfastError('invalid_request', 'The request is not valid HTTP.', { cause: error }), logger),
  })
  return {
    fetch,
    isProtected: keeper.by !== 'loopback',
    firstUserCode: async () => (keeper.setUp === null || (await keeper.setUp.isDone()) ? null : keeper.setUp.code),
    node(request, response) {
      restoreParsedBody(request)
      void listener(request, response)
    },
  }
}

/** What Hono's Node adapter passes beside the request; where an app hands on the request alone, the adapter's own request still has it. */
function nodeEnvOf(request: Request, env: unknown): NodeEnv {
  if (isNodeEnv(env)) return env
  const key = Object.getOwnPropertySymbols(request).find(({ description }) => description === 'incomingKey')
  const incoming: unknown = key && Reflect.get(request, key)
  return incoming instanceof IncomingMessage ? { incoming } : {}
}

function queuedAtMost(maxQueued: number | undefined): number | undefined {
  if (maxQueued === undefined || (Number.isInteger(maxQueued) && maxQueued >= 1 && maxQueued <= 1_000_000)) return maxQueued
  throw new HoldfastError('invalid_config', `maxQueued must be a whole number from 1 to 1000000, not ${maxQueued}.`)
}

function isNodeEnv(env: unknown): env is NodeEnv {
  return typeof env === 'object' && env !== null && 'incoming' in env
}

function normalizeBase(basePath: string): string {
  const inner = basePath.replace(/^\/+|\/+$/g, '')
  if (inner === '') return ''
  if (/^[\w.~%-]+(\/[\w.~%-]+)*$/.test(inner)) return `/${inner}`
  throw new HoldfastError('invalid_config', `basePath is "${basePath}", but must be a path such as "/holdfast".`)
}
