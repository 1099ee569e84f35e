// How the tests of this folder ask: with a cookie or a header, as a proxy would, and from elsewhere.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { createHandler, type Handler, type HandlerOptions, listen } from '../../src/http/index.ts'
import type { Holdfast } from '../../src/index.ts'
import { quiet } from '../http/open-server.ts'

export const password = 'correct horse battery'
export const json = { 'content-type': 'application/json' }

export interface At {
  holdfast: Holdfast
  options: HandlerOptions
}

/** Serves a handler while `work` asks it: everywhere, where somebody looks at who asks. */
export async function served({ holdfast, options }: At, work: (url: string, handler: Handler) => Promise<void>): Promise<void> {
  const handler = createHandler(holdfast, { logger: quiet, ...options })
  const listening = await listen(handler, { port: 0, host: handler.isProtected ? '0.0.0.0' : '127.0.0.1' })
  try {
    await work(listening.url, handler)
  } finally {
    await listening.close()
  }
}

export const send = (url: string, method: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, { method, headers: { ...json, ...headers }, body: JSON.stringify(body) })

export async function signedIn(url: string, name: string): Promise<string> {
  const response = await send(`${url}/api/v1/session`, 'POST', { name, password })
  assert.equal(response.status, 200)
  return cookieOf(response)
}

export const cookieOf = (response: Response) => /^[^;]*/.exec(response.headers.get('set-cookie') ?? '')?.[0] ?? ''
export const codeOf = async (response: Response) => ((await response.json()) as { code?: string }).code

/** With nothing but `proxy_pass`, on the same machine: no header says for whom. */
export async function asNginxWould(port: number, line: string, body: object = {}): Promise<string> {
  const text = JSON.stringify(body)
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `${line} HTTP/1.0\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
  )
  return (await socket.setEncoding('utf8').toArray()).join('')
}

export type Ask = (path: string, init?: RequestInit) => Promise<Response>

/** A request that does not come from loopback: over an address of this machine, or, where it has none, as the Node adapter would hand it on. */
export function askedFromElsewhere(handler: Handler, port: number): Ask {
  const found = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)
  if (found) return (path, init) => fetch(`http://${found.address}:${port}/api/v1/${path}`, init)
  const incoming = { socket: { remoteAddress: '203.0.113.7' } }
  return (path, init) => handler.fetch(new Request(`http://203.0.113.1:${port}/api/v1/${path}`, init), { incoming })
}
