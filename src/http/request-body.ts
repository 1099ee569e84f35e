// Reads a request's body to the end, within a bound, before any route sees it. Knows no schema.
import type { IncomingMessage } from 'node:http'
import type { Context, Next } from 'hono'
import { HoldfastError } from '../supervisor/errors.ts'
import { httpBounds } from './bounds.ts'
import type { AppEnv } from './context.ts'

// A Request can have no TRACE, and no route does.
const bodiless = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * Puts a plain Request with the whole body in place of the one that came. An empty body loses its content type, because many
 * clients send `application/json` with nothing behind it, and nothing is not JSON.
 */
export async function boundedBody(c: Context<AppEnv>, next: Next): Promise<void> {
  if (!bodiless.has(c.req.method)) {
    const isKnown = c.get('visitor') !== undefined
    const body = await readBounded(c.req.raw, isKnown ? httpBounds.bodyBytes : httpBounds.strangersBodyBytes)
    const headers = new Headers([...c.req.raw.headers])
    if (body.length === 0) headers.delete('content-type')
    c.req.raw = new Request(c.req.url, { method: c.req.method, headers, body: body.length === 0 ? null : body, signal: c.req.raw.signal })
  }
  await next()
}

/**
 * `express.json()` and its like have already read the stream and left what they understood in `req.body`. The node adapter takes
 * the bytes from `rawBody` where they exist, so they are written there again.
 */
export function restoreParsedBody(incoming: IncomingMessage & { body?: unknown; rawBody?: unknown }): void {
  if (!incoming.readableDidRead || incoming.body === undefined || incoming.rawBody instanceof Buffer) return
  const { body } = incoming
  incoming.rawBody = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

async function readBounded(request: Request, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > most) throw tooLarge(most)
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of request.body ?? []) {
      length += chunk.length
      if (length > most) throw tooLarge(most)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof HoldfastError) throw error
    throw new HoldfastError('invalid_request', 'The body ended before it was complete.', { cause: error })
  }
  // Taken for an empty body, it would submit a job with an input that nobody sent.
  if (length === 0 && declared > 0) throw new HoldfastError('invalid_request', alreadyRead)
  return Buffer.concat(chunks)
}

function tooLarge(most: number): HoldfastError {
  return new HoldfastError('payload_too_large', `The body is larger than ${most.toLocaleString('en')} bytes.`)
}

const alreadyRead = 'The app read the body before Holdfast could; it must leave it in request.body, as express.json() does, or unread.'
