// The real writer: any server that speaks OpenAI's chat completions, streamed. Survives a busy server, a cut connection and one that falls silent.
import { setTimeout as delay } from 'node:timers/promises'
import OpenAI, { APIConnectionError, APIError } from 'openai'
import { numberOf } from '../seed.ts'
import type { WriterSettings } from '../settings.ts'
import { AskedToWait, type Listening, type Order, type Writer } from './writer.ts'

export type ChatSettings = Extract<WriterSettings, { type: 'chat' }>

const tries = 6
const longestAnswer = 400_000

export function chatWriter(settings: ChatSettings): Writer {
  const { url, model, key, answerMs, firstPauseMs, longestWaitMs } = settings
  const client = new OpenAI({
    baseURL: url,
    apiKey: key || 'none',
    ...(key === '' ? { defaultHeaders: { authorization: null } } : {}),
    // Both are done here: each trouble is a line of the log, and a long wait is none of ours; and an answer that has begun may fall silent too.
    maxRetries: 0,
    timeout: 2 * answerMs,
  })
  return {
    name: model,
    async write(order, listening) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await answered(client, settings, { ...order, ...listening })
        } catch (error) {
          listening.signal.throwIfAborted()
          const trouble = troubleOf(error)
          if (trouble === null) throw failureOf(error)
          if (attempt === tries) throw new Error(trouble.message)
          const waitMs = trouble.waitMs ?? firstPauseMs * 2 ** (attempt - 1)
          // Who asks for more is not waited for here: the job is put back, and its place is free.
          if (waitMs > longestWaitMs) throw new AskedToWait(waitMs)
          listening.onTrouble?.(`${trouble.message}; trying again in ${seconds(waitMs)}, ${attempt} of ${tries - 1}`)
          await delay(waitMs, undefined, { signal: listening.signal })
        }
      }
    },
  }
}

/** One question and its whole answer. The clock runs from one piece of it to the next. */
async function answered(client: OpenAI, { model, answerMs }: ChatSettings, order: Order & Listening): Promise<string> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(new Trouble(`the writer gave no sign for ${seconds(answerMs)}`)), answerMs)
  try {
    const question = { model, stream: true, seed: numberOf(order.seed), messages: messagesFor(order) } as const
    const stream = await client.chat.completions.create(question, { signal: AbortSignal.any([order.signal, silence.signal]) })
    let text = ''
    let isWhole = false
    for await (const { choices } of stream) {
      timer.refresh()
      const [piece] = choices
      isWhole ||= Boolean(piece?.finish_reason)
      const added = piece?.delta?.content ?? ''
      text += added
      if (text.length > longestAnswer) throw new Error(`the writer does not stop: more than ${longestAnswer} characters`)
      if (added !== '') order.onText?.(text)
    }
    silence.signal.throwIfAborted()
    if (!isWhole) throw new Trouble('the connection to the writer was cut')
    if (text.trim() === '') throw new Trouble('the writer gave an empty answer')
    return text.trim()
  } catch (error) {
    throw silence.signal.aborted ? silence.signal.reason : error
  } finally {
    clearTimeout(timer)
  }
}

function messagesFor({ instructions, lines }: Order) {
  const form =
    lines === null ? 'Answer with the prose alone, paragraphs apart by empty lines.' : `Answer with ${lines} lines and nothing else.`
  return [
    { role: 'system' as const, content: `You are a novelist. ${form}` },
    { role: 'user' as const, content: instructions },
  ]
}

/** What may be over when it is tried again. `waitMs`: as the server said. */
class Trouble extends Error {
  readonly waitMs: number | null
  constructor(message: string, waitMs: number | null = null) {
    super(message)
    this.waitMs = waitMs
  }
}

/** null: another try would not mend it. */
function troubleOf(error: unknown): Trouble | null {
  if (error instanceof Trouble) return error
  if (error instanceof APIConnectionError) return new Trouble(`the writer cannot be reached: ${reasonOf(error)}`)
  // So Node's fetch says that the line was cut in the middle of an answer.
  if (error instanceof TypeError && error.message === 'terminated') return new Trouble('the connection to the writer was cut')
  if (!(error instanceof APIError)) return null
  const { status, headers, message } = error
  if (status === undefined) return new Trouble(`the writer broke off: ${message}`)
  return status === 408 || status === 429 || status >= 500 ? new Trouble(saidOf(message), waitMsOf(headers)) : null
}

/** Without its causes: they fill the log, and the sentence says it. */
const failureOf = (error: unknown): unknown => (error instanceof APIError ? new Error(saidOf(error.message)) : error)

const saidOf = (message: string): string => `the writer answered ${message.slice(0, 300)}`

function reasonOf({ cause }: APIConnectionError): string {
  const innermost = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  return innermost instanceof Error ? ((innermost as NodeJS.ErrnoException).code ?? innermost.message) : 'no connection'
}

/** Seconds, or a date. */
function waitMsOf(headers: Headers | undefined): number | null {
  const said = headers?.get('retry-after') ?? ''
  const ms = /^\d+(\.\d+)?$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : null
}

const seconds = (ms: number): string => `${Math.ceil(ms / 100) / 10} s`
