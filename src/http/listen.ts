// A server of its own for a fetch function: finds a free port, listens on this machine only, and closes cleanly. Knows no route.
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { HoldfastError } from '../supervisor/errors.ts'
import { httpBounds } from './bounds.ts'
import { hostNames, isAllowedHost } from './origin.ts'
import { toProblem } from './problem.ts'

export interface ListenOptions {
  /** Default 4747. If it is taken, the next free one of the following 20; 0 is any. */
  port?: number
  /** Default 127.0.0.1. Any other address than this machine's own needs a handler that looks at who asks. */
  host?: string
  /** True: the function that is served looks at who asks by itself. A handler of `createHandler` says so. */
  isProtected?: boolean
  /**
   * Host names that a function is answered under besides those of this machine's loopback, as behind a proxy; without port. Default: none. What is
   * protected is answered under any, and a handler has `allowedHosts` of its own.
   */
  allowedHosts?: readonly string[]
  /** Refuse instead of taking the next port. */
  strictPort?: boolean
}

export interface Listening {
  /** Such as http://127.0.0.1:4747, without a slash at its end. */
  url: string
  port: number
  /** Takes no more requests, ends open event streams at once and waits for answers that are under way. */
  close(): Promise<void>
}

export type Fetch = (request: Request, env?: unknown) => Response | Promise<Response>

/** What can be served: a function, or a handler of `createHandler`. */
export type Servable = Fetch | { fetch: Fetch; isProtected: boolean }

/** @throws HoldfastError `port_in_use`, `invalid_config` where other machines could reach what looks at nobody */
export async function listen(served: Servable, options: ListenOptions = {}): Promise<Listening> {
  const host = options.host ?? '127.0.0.1'
  const { fetch, isProtected } = typeof served === 'function' ? ownFunction(served, options) : served
  if (!isProtected && !isLoopbackName(host)) {
    throw new HoldfastError(
      'invalid_config',
      `Listening on ${JSON.stringify(host)} lets other machines in, and nothing looks at who asks: give createHandler signIn or authorize, or use 127.0.0.1.`,
    )
  }
  const streams = new Set<ServerResponse>()
  const server = createServer(
    { keepAliveTimeout: httpBounds.keepAliveMs },
    getRequestListener(trackStreams(fetch, streams), { overrideGlobalObjects: false }),
  )
  const waiting = trackWaiting(server)
  const port = await bind(server, host, options)
  return {
    url: `http://${reachable(host)}:${port}`,
    port,
    close: () => close(server, [...streams, ...waiting]),
  }
}

function ownFunction(served: Fetch, { isProtected = false, allowedHosts }: ListenOptions): { fetch: Fetch; isProtected: boolean } {
  return { fetch: isProtected ? served : onlyUnder(hostNames(allowedHosts), served), isProtected }
}

/** A page that points its own name at this machine would count as the app's own. Whoever looks at who asks is not deceived by that. */
function onlyUnder(allowedHosts: ReadonlySet<string>, fetch: Fetch): Fetch {
  return (request, env) => {
    const host = request.headers.get('host') ?? new URL(request.url).host
    if (isAllowedHost(host, allowedHosts)) return fetch(request, env)
    return toProblem(new HoldfastError('wrong_host', `This server does not answer to the name ${host}.`), console)
  }
}

function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** All addresses of this machine: it is at its own, too. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

/** Event streams do not end by themselves, so closing has to know them. */
function trackStreams(fetch: Fetch, streams: Set<ServerResponse>) {
  return async (request: Request, env: { outgoing: unknown }): Promise<Response> => {
    const response = await fetch(request, env)
    const outgoing = env.outgoing as ServerResponse
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
      streams.add(outgoing)
      outgoing.once('close', () => streams.delete(outgoing))
    }
    return response
  }
}

/**
 * Connections on which nothing was asked, or everything answered. Browsers open some in advance, and node does not count them as
 * idle: a reader that comes back after its stream broke off would be served by a server that is closing.
 */
function trackWaiting(server: Server): ReadonlySet<Socket> {
  const waiting = new Set<Socket>()
  server.on('connection', (socket) => {
    waiting.add(socket)
    socket.once('close', () => waiting.delete(socket))
  })
  server.on('request', ({ socket }, response) => {
    waiting.delete(socket)
    response.once('close', () => {
      if (!server.listening) socket.destroySoon()
      else if (!socket.destroyed) waiting.add(socket)
    })
  })
  return waiting
}

async function bind(server: Server, host: string, { port = 4747, strictPort = false }: ListenOptions): Promise<number> {
  const last = strictPort || port === 0 ? port : Math.min(port + httpBounds.portTries, 65_535)
  for (let candidate = port; candidate <= last; candidate++) {
    try {
      server.listen(candidate, host)
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    } catch (error) {
      if (!isTaken(error)) throw cannotListen(error, host, candidate)
    }
  }
  const ports = last === port ? `Port ${port} is` : `Ports ${port} to ${last} are`
  throw new HoldfastError('port_in_use', `${ports} taken on ${host}.`)
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

function cannotListen(error: unknown, host: string, port: number): HoldfastError {
  const reason = error instanceof Error ? error.message : String(error)
  return new HoldfastError('invalid_config', `Cannot listen on port ${port} of ${host}: ${reason}`, { cause: error })
}

async function close(server: Server, endless: readonly (ServerResponse | Socket)[]): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  for (const each of endless) each.destroy()
  const late = setTimeout(() => server.closeAllConnections(), httpBounds.closeGraceMs)
  await closed
  clearTimeout(late)
}
