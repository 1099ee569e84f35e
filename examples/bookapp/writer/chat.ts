// The real writer: any server that speaks OpenAI's chat completions, streamed. Survives a busy server, a cut connection and one that falls silent.
import { setTimeout as delay } from 'node:timers/promises'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { numberOf } from '../book.ts'
import type { WriterSettings } from '../settings.ts'
import { AskedToWait, type Listening, type Order, type Writer } from './writer.ts'

type ChatSettings = Extract<WriterSettings, { type: 'chat' }>

const tries = 6
const longestAnswer = 400_000

export function chatWriter(settings: ChatSettings): Writer {
  return {
    name: settings.model,
    async write(order, listening) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await answered(settings, order, listening)
        } catch (error) {
          listening.signal.throwIfAborted()
          if (!(error instanceof Trouble)) throw error
          if (attempt === tries) throw new Error(error.message)
          const waitMs = error.waitMs ?? settings.firstPauseMs * 2 ** (attempt - 1)
          // Who asks for more is not waited for here: the job is put back, and its place is free.
          if (waitMs > settings.longestWaitMs) throw new AskedToWait(waitMs)
          listening.onTrouble?.(`${error.message}; trying again in ${seconds(waitMs)}, ${attempt} of ${tries - 1}`)
          await delay(waitMs, undefined, { signal: listening.signal })
        }
      }
    },
  }
}

/** What may be over when it is tried again. `waitMs`: as the server said. */
class Trouble extends Error {
  readonly waitMs: number | undefined
  constructor(message: string, waitMs?: number) {
    super(message)
    this.waitMs = waitMs
  }
}

/** One question and its whole answer. The clock runs from one piece of it to the next. */
async function answered(settings: ChatSettings, order: Order, { signal, onText }: Listening): Promise<string> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(), settings.answerMs)
  try {
    let text = ''
    let isWhole = false
    for await (const { content, isLast } of piecesOf(settings, order, AbortSignal.any([signal, silence.signal]))) {
      timer.refresh()
      text += content
      isWhole ||= isLast
      if (text.length > longestAnswer) throw new Error(`the writer does not stop: more than ${longestAnswer} characters`)
      onText?.(text)
    }
    if (!isWhole) throw new Trouble(cut)
    if (text.trim() === '') throw new Trouble('the writer gave an empty answer')
    return text.trim()
  } catch (error) {
    throw silence.signal.aborted ? new Trouble(`the writer gave no sign for ${seconds(settings.answerMs)}`) : error
  } finally {
    clearTimeout(timer)
  }
}

const cut = 'the connection to the writer was cut'

/** As much of a piece of the stream as is read. */
interface Piece {
  choices?: { delta?: { content?: string | null }; finish_reason?: string | null }[]
  error?: { message?: string }
}

async function* piecesOf({ url, model, key }: ChatSettings, { instructions, lines, seed }: Order, signal: AbortSignal) {
  const form = lines === null ? 'the prose alone, paragraphs apart by empty lines.' : `${lines} lines and nothing else.`
  const messages = [
    { role: 'system', content: `You are a novelist. Answer with ${form}` },
    { role: 'user', content: instructions },
  ]
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === '' ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ model, messages, stream: true, seed: numberOf(seed) }),
    signal,
  }).catch((error) => {
    throw new Trouble(`the writer cannot be reached: ${error.cause?.code ?? error.cause?.message ?? error.message}`)
  })
  if (!response.ok || response.body === null) throw await refusalOf(response)
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream({ maxBufferSize: longestAnswer }))
  try {
    for await (const { data } of events) {
      if (data === '[DONE]') return
      const { choices: [choice] = [], error }: Piece = JSON.parse(data)
      if (error) throw new Trouble(`the writer broke off: ${error.message}`)
      yield { content: choice?.delta?.content ?? '', isLast: Boolean(choice?.finish_reason) }
    }
  } catch (error) {
    // So Node says that the line was cut in the middle of an answer.
    throw error instanceof TypeError && error.message === 'terminated' ? new Trouble(cut) : error
  }
}

/** Some of them pass: too much asked, or its own fault. What is not the protocol is a page of a proxy, as often as not. */
async function refusalOf(response: Response): Promise<Error> {
  const { status, statusText, headers } = response
  const said = (await response.json().catch(() => null)) as Piece | null
  const message = `the writer answered ${status} ${(said?.error?.message ?? statusText).slice(0, 300)}`
  const mayPass = status === 408 || status === 429 || status >= 500
  return mayPass ? new Trouble(message, waitMsOf(headers.get('retry-after') ?? '')) : new Error(message)
}

/** Seconds, or a date. */
function waitMsOf(retryAfter: string): number | undefined {
  const ms = /^\d+(\.\d+)?$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

const seconds = (ms: number): string => `${Math.ceil(ms / 100) / 10} s`
