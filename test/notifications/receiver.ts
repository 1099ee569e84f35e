// The other side of a notification: a real HTTP server that keeps what it was told, and answers as a test says.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  path: string
  headers: IncomingHttpHeaders
  text: string
  body: Record<string, unknown>
}

export interface Receiver {
  url: string
  received: Received[]
  /** What it does with everything that comes from now on. */
  answer(how: Answering): void
  close(): Promise<void>
}

type Answering = (response: ServerResponse, request: IncomingMessage) => void

export const well: Answering = (response) => void response.end('thanks')
export const status =
  (code: number, headers: Record<string, string> = {}): Answering =>
  (response) =>
    void response.writeHead(code, headers).end(`this is ${code}`)

export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = []
  let answering = well
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    received.push({ path: request.url ?? '', headers: request.headers, text, body: JSON.parse(text) })
    answering(response, request)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer(how) {
      answering = how
    },
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
