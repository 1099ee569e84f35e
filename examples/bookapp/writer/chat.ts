// The real writer: any server that speaks OpenAI's chat completions, streamed. Survives a busy server, a cut connection and one that falls silent.
import { setTimeout as delay } from 'node:timers/promises'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { z } from 'zod'
import type { WriterSettings } from '../settings.ts'
import { AskedToWait, type Listening, type Order, type Writer } from './writer.ts'

export type ChatSettings = Extract<WriterSettings, { type: 'chat' }>

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
          // Without its causes: they fill the log, and the sentence says it.
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
  readonly waitMs: number | null
  constructor(message: string, { waitMs = null, cause }: { waitMs?: number | null; cause?: unknown } = {}) {
    super(message, { cause })
    this.name = 'Trouble'
    this.waitMs = waitMs
  }
}

/** One question and its whole answer. The clock runs from one piece of it to the next. */
async function answered(settings: ChatSettings, order: Order, { signal, onText }: Listening): Promise<string> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(), settings.answerMs)
  try {
    const response = await ask(settings, order, AbortSignal.any([signal, silence.signal]))
    let text = ''
    let isWhole = false
    for await (const { data } of eventsOf(response)) {
      timer.refresh()
      if (data === '[DONE]') return checkedText(text)
      const { delta, finished, error } = pieceOf(data)
      if (error !== null) throw new Trouble(`the writer broke off: ${error}`)
      text += delta
      isWhole ||= finished
      if (text.length > longestAnswer) throw new Error(`the writer does not stop: more than ${longestAnswer} characters`)
      if (delta !== '') onText?.(text)
    }
    if (isWhole) return checkedText(text)
    throw new Trouble('the connection to the writer was cut')
  } catch (error) {
    if (silence.signal.aborted) throw new Trouble(`the writer gave no sign for ${seconds(settings.answerMs)}`, { cause: error })
    throw networkTrouble(error) ?? error
  } finally {
    clearTimeout(timer)
  }
}

async function ask({ url, model, key }: ChatSettings, { instructions, lines, seed }: Order, signal: AbortSignal): Promise<Response> {
  const form =
    lines === null ? 'Answer with the prose alone, paragraphs apart by empty lines.' : `Answer with ${lines} lines and nothing else.`
  const messages = [
    { role: 'system', content: `You are a novelist. ${form}` },
    { role: 'user', content: instructions },
  ]
  const response = await fetch(`${url.replace(/\/$/, '')}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...(key === '' ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ model, stream: true, seed: numberOf(seed), messages }),
    signal,
  })
  if (response.ok) return response
  const said = `the writer answered ${response.status}${await messageOf(response)}`
  const mayPass = response.status === 429 || response.status === 408 || response.status >= 500
  throw mayPass ? new Trouble(said, { waitMs: waitMsOf(response) }) : new Error(said)
}

function eventsOf({ body }: Response) {
  if (body === null) throw new Trouble('the writer gave an empty answer')
  return body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
}

const chunk = z.object({
  choices: z
    .array(z.object({ delta: z.object({ content: z.string().nullish() }).optional(), finish_reason: z.string().nullish() }))
    .default([]),
  error: z.object({ message: z.string() }).optional(),
})

function pieceOf(data: string): { delta: string; finished: boolean; error: string | null } {
  const { choices, error } = chunk.parse(JSON.parse(data))
  const [first] = choices
  return { delta: first?.delta?.content ?? '', finished: Boolean(first?.finish_reason), error: error?.message ?? null }
}

function checkedText(text: string): string {
  if (text.trim() === '') throw new Trouble('the writer gave an empty answer')
  return text.trim()
}

/** Seconds, or a date. */
function waitMsOf({ headers }: Response): number | null {
  const said = headers.get('retry-after')
  if (said === null) return null
  const ms = /^\d+(\.\d+)?$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : null
}

async function messageOf(response: Response): Promise<string> {
  const text = (await response.text().catch(() => '')).slice(0, 2_000)
  try {
    return `: ${z.object({ error: z.object({ message: z.string() }) }).parse(JSON.parse(text)).error.message}`
  } catch {
    return text === '' ? '' : `: ${text.slice(0, 200)}`
  }
}

/** Node's fetch says TypeError for whatever the network did: one text before there was an answer, another in the middle of it. */
function networkTrouble(error: unknown): Trouble | null {
  if (!(error instanceof TypeError)) return null
  if (error.message === 'terminated') return new Trouble('the connection to the writer was cut', { cause: error })
  return error.message === 'fetch failed' ? new Trouble(`the writer cannot be reached: ${reasonOf(error)}`, { cause: error }) : null
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : null
  return cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(error)
}

const numberOf = (seed: string): number =>
  [...seed].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 2_147_483_647, 7)

const seconds = (ms: number): string => `${Math.ceil(ms / 100) / 10} s`
