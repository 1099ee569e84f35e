// The real writer: any server that speaks OpenAI's chat completions, streamed. Survives a busy server, a cut connection and one that falls silent.
import { setTimeout as delay } from 'node:timers/promises'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { numberOf } from '../book.ts'
import type { WriterSettings } from '../settings.ts'
import { type Listening, type Order, Trouble, type Writer } from './writer.ts'

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
          const waitMs = error.waitMs ?? Math.min(settings.longestWaitMs, settings.firstPauseMs * 2 ** (attempt - 1))
          // Who is busy for long is not waited for here: the job is put back, and its place is free.
          if (attempt === tries || (error.isBusy && waitMs > settings.longestWaitMs)) throw error
          listening.onTrouble?.(`${error.message}; trying again in ${seconds(waitMs)}, ${attempt} of ${tries - 1}`)
          await delay(waitMs, undefined, { signal: listening.signal })
        }
      }
    },
  }
}

/** One question and its whole answer. The clock runs from one piece of it to the next. */
async function answered(settings: ChatSettings, order: Order, { signal, onText }: Listening): Promise<string> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(), settings.answerMs)
  try {
    let text = ''
    let end: string | undefined
    for await (const { content, reason } of piecesOf(settings, order, AbortSignal.any([signal, silence.signal]))) {
      timer.refresh()
      text += content
      end ||= reason
      if (text.length > longestAnswer) throw new Error(`the writer does not stop: more than ${longestAnswer} characters`)
      onText?.(text)
    }
    if (!end) throw new Trouble(cut)
    // Out of room, or held back by a filter: the same question ends the same way.
    if (end !== 'stop') throw new Error(`the writer stopped in the middle of its answer: ${end}`)
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
  error?: { message?: string; code?: string | number | null }
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
      yield { content: choice?.delta?.content ?? '', reason: choice?.finish_reason ?? '' }
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
  const waitMs = waitMsOf(headers.get('retry-after') ?? '')
  // So OpenAI says that nothing is paid for any more.
  const isBusy = waitMs !== undefined || (status === 429 && said?.error?.code !== 'insufficient_quota')
  const mayPass = isBusy || status === 408 || status >= 500
  return mayPass ? Object.assign(new Trouble(message), { isBusy, waitMs }) : new Error(message)
}

/** Seconds, or a date. */
function waitMsOf(retryAfter: string): number | undefined {
  const ms = /^\d+(\.\d+)?$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

const seconds = (ms: number): string => `${Math.ceil(ms / 100) / 10} s`
