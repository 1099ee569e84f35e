// Sends one message to one target over HTTP and says what came of it: a webhook as Standard Webhooks has it, or ntfy's JSON. It must not know when it is
// tried again, nor where that is written down.
import { createHmac } from 'node:crypto'
import { limits } from '../core/limits.ts'
import { factsOfMessage, type Message, type NotifyEvent, retryAfterOf, titleOfMessage } from '../core/notification.ts'
import { oneLine } from '../core/one-line.ts'
import type { TargetRecord } from '../store/store.ts'

export interface Sending {
  target: Pick<TargetRecord, 'type' | 'url' | 'secret'>
  message: Message
  /** Address under which people find the job; null: not known. */
  publicUrl: string | null
  now: number
  /** Ends it before its time. */
  signal?: AbortSignal
  /** Its time. */
  withinMs?: number
}

/** What the other side said, or why there is nothing it said. */
export interface Sent {
  delivered: boolean
  status: number | null
  /** The beginning of its answer. */
  answer: string
  /** Why it is not delivered, in a line; null when it is. */
  why: string | null
  /** It asked to be left alone so long. */
  retryAfterMs: number | null
  /** It says that it is no more. */
  isGone: boolean
}

/** Never throws: whatever goes wrong is what came of it. */
export async function send({ target, message, publicUrl, now, signal, withinMs = limits.notifyMs }: Sending): Promise<Sent> {
  const over = AbortSignal.timeout(withinMs)
  try {
    const request = requestOf({ target, message, publicUrl, now })
    const response = await fetch(request.url, {
      method: 'POST',
      headers: { 'user-agent': 'holdfast', 'content-type': 'application/json', ...request.headers },
      body: request.body,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, over]) : over,
    })
    return sentOf(response, await beginningOf(response), now)
  } catch (error) {
    const why = over.aborted ? `no answer within ${withinMs / 1_000} s` : reasonOf(error)
    return { delivered: false, status: null, answer: '', why, retryAfterMs: null, isGone: false }
  }
}

function sentOf(response: Response, answer: string, now: number): Sent {
  const { status, ok } = response
  const said = answer === '' ? '' : `: ${oneLine(answer, 160)}`
  const why = isRedirect(status) ? `answered ${status}, a redirect, and those are not followed` : `answered ${status}${said}`
  return {
    delivered: ok,
    status,
    answer: answer.slice(0, limits.notifyAnswerShown),
    why: ok ? null : why,
    retryAfterMs: retryAfterOf(response.headers.get('retry-after'), now),
    isGone: status === 410,
  }
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}

// What it says more is not read, and a body that never ends is cut off with the request's own time.
async function beginningOf({ body }: Response): Promise<string> {
  if (!body) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  try {
    for await (const chunk of body) {
      bytes += chunk.byteLength
      text += decoder.decode(chunk, { stream: true })
      if (bytes >= limits.notifyAnswerBytes) break
    }
  } catch {
    // Cut off: its status was said, and that is what counts.
  }
  return text
}

/** "connect ECONNREFUSED 127.0.0.1:9": what lies behind "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  // Of several addresses that were tried there is a list and no message.
  const first = cause instanceof AggregateError && cause.message === '' ? cause.errors[0] : cause
  return oneLine(first instanceof Error ? first.message || first.name : String(first))
}

interface Outgoing {
  url: string
  headers: Record<string, string>
  body: string
}

function requestOf({ target, message, publicUrl, now }: Omit<Sending, 'signal' | 'withinMs'>): Outgoing {
  const link = message.job === null ? publicUrl : linkOf(publicUrl, message.job.id)
  return target.type === 'ntfy' ? toNtfy(target, message, link) : toWebhook(target, message, { link, now })
}

function linkOf(publicUrl: string | null, id: number): string | null {
  return publicUrl === null ? null : `${publicUrl.replace(/\/+$/, '')}/jobs/${id}`
}

function toWebhook({ url, secret }: Sending['target'], message: Message, { link, now }: { link: string | null; now: number }): Outgoing {
  const { id, event, at } = message
  const job = message.job && { ...message.job, url: link }
  const body = JSON.stringify({ id, event, at, job, text: `${titleOfMessage(message)}: ${factsOfMessage(message)}` })
  const timestamp = String(Math.floor(now / 1_000))
  const signed = secret === null ? {} : { 'webhook-signature': signatureOf(secret, `${id}.${timestamp}.${body}`) }
  return { url, body, headers: { 'webhook-id': id, 'webhook-timestamp': timestamp, ...signed } }
}

function signatureOf(secret: string, content: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`
}

const priorities: Record<NotifyEvent | 'test', number> = { failed: 4, interrupted: 4, stalled: 4, succeeded: 3, test: 3 }
const tags: Record<NotifyEvent | 'test', string> = {
  failed: 'x',
  interrupted: 'warning',
  stalled: 'hourglass',
  succeeded: 'white_check_mark',
  test: 'bell',
}

// Its JSON goes to the server itself and names the topic, which is the last part of the address that people know. Headers could carry no umlaut.
function toNtfy({ url, secret }: Sending['target'], message: Message, link: string | null): Outgoing {
  const { base, topic } = ntfyPlace(url)
  const { event } = message
  const body = {
    topic,
    title: titleOfMessage(message),
    message: factsOfMessage(message),
    tags: [tags[event]],
    priority: priorities[event],
    ...(link === null ? {} : { click: link }),
  }
  return { url: base, body: JSON.stringify(body), headers: secret === null ? {} : { authorization: `Bearer ${secret}` } }
}

function ntfyPlace(address: string): { base: string; topic: string } {
  const url = new URL(address)
  const parts = url.pathname.split('/').filter((part) => part !== '')
  const topic = decodeURIComponent(parts.pop() ?? '')
  return { base: `${url.origin}/${parts.map((part) => `${part}/`).join('')}`, topic }
}
