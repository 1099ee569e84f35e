// A loopback server that speaks OpenAI's chat completions, streamed, as far as anybody sees from outside: and can be busy, cut the line, fall silent or
// answer nonsense. What it writes depends on the question alone, so that the same book comes out however often it was interrupted.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export interface Question {
  /** "chapter 3", or the beginning of what was asked. */
  about: string
  prompt: string
  /** How often this was asked, this time included. */
  time: number
  headers: IncomingMessage['headers']
  body: Record<string, unknown>
}

/** `hold`: answers when the promise resolves; null: as it should. */
export type Fault =
  | { status: number; headers?: Record<string, string>; message?: string; code?: string }
  | { hold: Promise<unknown> }
  | 'cut' // in the middle of an answer
  | 'ended' // in the middle of an answer, as if it were one
  | 'silent' // in the middle of an answer, for ever
  | 'slow' // a tenth of a second between the pieces
  | 'nonsense'
  | 'length' // in the middle of an answer: there is no room for more
  | 'filter' // the same, held back
  | 'few' // a line fewer than was asked for
  | 'broken' // an error where a piece of the answer should be
  | null

export type ChatServer = Awaited<ReturnType<typeof openChatServer>>

export async function openChatServer() {
  const questions: Question[] = []
  let fault: (question: Question) => Fault = () => null
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await textOf(request)) as Question['body']
    const prompt = (body.messages as { content: string }[]).at(-1)?.content ?? ''
    const system = (body.messages as { content: string }[])[0]?.content ?? ''
    const about = /^Write the chapter “([^”]+)”/.exec(prompt)?.[1] ?? prompt.split(':')[0]?.slice(0, 60) ?? ''
    const time = questions.filter((question) => question.prompt === prompt).length + 1
    const question = { about, prompt, time, headers: request.headers, body }
    questions.push(question)
    await answer(response, fault(question), linesOrProse(prompt, Number(/Answer with (\d+) lines/.exec(system)?.[1] ?? 0)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    questions,
    /** What is to go wrong with each question from now on. */
    failWith(next: typeof fault) {
      fault = next
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function answer(response: ServerResponse, fault: Fault, text: string): Promise<void> {
  if (fault !== null && typeof fault === 'object' && 'status' in fault) {
    response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers })
    return void response.end(JSON.stringify({ error: { message: fault.message ?? 'not now', code: fault.code } }))
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.flushHeaders()
  if (fault !== null && typeof fault === 'object') await fault.hold
  if (fault === 'nonsense') return void response.end('data: {"choices": [nothing]}\n\n')
  const said = fault === 'few' ? text.slice(0, text.lastIndexOf('\n')) : text
  const pieces = said.match(/[\s\S]{1,40}/g) ?? []
  for (const [index, content] of pieces.entries()) {
    if (fault === 'slow') await delay(100)
    if (index === Math.ceil(pieces.length / 2)) {
      if (fault === 'cut') return void response.destroy()
      if (fault === 'ended') return void response.end()
      if (fault === 'silent') return
      if (fault === 'length' || fault === 'filter') return void end(response, fault === 'length' ? fault : 'content_filter')
      if (fault === 'broken') return void response.end(`data: ${JSON.stringify({ error: { message: 'overloaded' } })}\n\n`)
    }
    response.write(`: keep-alive\n\ndata: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`)
  }
  end(response, 'stop')
}

function end(response: ServerResponse, reason: string): void {
  response.end(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: reason }] })}\n\ndata: [DONE]\n\n`)
}

/** Numbered lines, as models like to give them, or paragraphs. */
function linesOrProse(prompt: string, lines: number): string {
  const mark = markOf(prompt)
  if (lines > 0) return Array.from({ length: lines }, (_, index) => `${index + 1}. Thing ${mark}${index + 1} & more`).join('\n\n')
  const sentence = `“It is ${mark}, & nothing <else>,” she said; the sea was as it had been.`
  return Array.from({ length: 4 }, (_, index) => `${sentence} Paragraph ${index + 1}. ${sentence}`).join('\n\n')
}

function markOf(text: string): string {
  let hash = 7
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003
  return hash.toString(36)
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}
