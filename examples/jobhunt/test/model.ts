// For the tests: a language model that speaks OpenAI's protocol and writes what it is told, faults included.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/**
 * What it does with a request: answers; answers when it is let; loses the connection when it is let; writes until its bound, or without end;
 * or refuses with this status.
 */
export type Deed = 'write' | 'wait' | 'cut' | 'long' | 'endless' | 401 | 429 | 500

interface Asked {
  messages: { content: string }[]
  stream: boolean
  max_tokens?: number
}

export async function openModel() {
  const asked: string[] = []
  const deeds: Deed[] = []
  const gate = new EventTarget()
  const go = () => void gate.dispatchEvent(new Event('go'))
  const server = createServer(async (request, response) => {
    const { messages, stream, max_tokens = 0 } = (await json(request)) as Asked
    asked.push(messages.at(-1)?.content ?? '')
    const deed = stream && max_tokens > 0 ? (deeds.shift() ?? 'write') : 500
    if (typeof deed === 'number') return refuse(response, deed)
    const [first = '', ...rest] = `Paragraph ${asked.length} of the model.`.split(' ')
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk({ content: first }))
    if (deed === 'wait' || deed === 'cut') await once(gate, 'go')
    if (deed === 'cut') return response.socket?.destroy()
    for (const word of rest) response.write(chunk({ content: ` ${word}` }))
    if (deed === 'endless') return response.write(chunk({ content: ' and on'.repeat(1_000) }))
    response.end(`${chunk({}, deed === 'long' ? 'length' : 'stop')}data: [DONE]\n\n`)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    /** What it was asked for, one after the other. */
    asked,
    /** What is done with the next requests; `write` when there is no more. */
    deeds,
    go,
    async close() {
      go()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '1', 'retry-after-ms': '20' })
  response.end(JSON.stringify({ error: { message: `said ${status}` } }))
}

const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
