// For the tests: a language model that speaks OpenAI's protocol and writes what it is told, faults included.
import { once } from 'node:events'
import { listen } from 'holdfast/http'
import { Hono } from 'hono'

/** What it does with a request: answers; answers when it is let; breaks off in the middle; or refuses with this status. */
export type Deed = 'write' | 'wait' | 'cut' | 401 | 429 | 500

export async function openModel() {
  const asked: string[] = []
  const deeds: Deed[] = []
  const gate = new EventTarget()
  const model = new Hono()
  model.post('/v1/chat/completions', async ({ req, json }) => {
    const { messages, stream } = (await req.json()) as { messages: { content: string }[]; stream: boolean }
    if (!stream) return json({ error: { message: 'only streams here' } }, 400)
    const deed = deeds.shift() ?? 'write'
    asked.push(/Write (.*)\.$/.exec(messages.at(-1)?.content ?? '')?.[1] ?? '')
    if (typeof deed === 'number') return json({ error: { message: `said ${deed}` } }, deed, { 'retry-after': '1' })
    return new Response(streamOf(`Paragraph ${asked.length} of the model.`, deed, gate), {
      headers: { 'content-type': 'text/event-stream' },
    })
  })
  const server = await listen(model.fetch, { port: 0 })
  return {
    url: `${server.url}/v1`,
    /** What of a letter was asked for, one after the other. */
    asked,
    /** What is done with the next requests; `write` when there is no more. */
    deeds,
    go: () => void gate.dispatchEvent(new Event('go')),
    close: async () => {
      gate.dispatchEvent(new Event('go'))
      await server.close()
    },
  }
}

function streamOf(text: string, deed: Deed, gate: EventTarget): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const chunk = (delta: object, finish_reason: string | null) =>
    encoder.encode(
      `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`,
    )
  const [first, ...rest] = text.split(' ')
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(chunk({ role: 'assistant', content: first }, null))
      if (deed === 'cut') return controller.error(new Error('cut'))
      if (deed === 'wait') await once(gate, 'go')
      try {
        for (const word of rest) controller.enqueue(chunk({ content: ` ${word}` }, null))
        controller.enqueue(chunk({}, 'stop'))
        controller.enqueue(encoder.encode('data: [DONE]\n\n'))
        controller.close()
      } catch {
        // Whoever asked has been killed meanwhile.
      }
    },
  })
}
