// Requests and answers over fetch, in a browser or in Node. Knows addresses and errors, not what the calls mean.
import { HoldfastClientError, noAnswer, problemOf } from './client-error.ts'

export type Fetch = (request: Request) => Promise<Response>
type Query = Record<string, string | number | boolean | readonly (string | number)[] | undefined>

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  query?: Query
  body?: unknown
  signal?: AbortSignal | undefined
}

export interface Transport {
  url(path: string, query?: Query): string
  /** Asks and reads the answer as JSON. @throws HoldfastClientError; the signal's reason when aborted */
  json(path: string, call?: Call): Promise<unknown>
  /** Asks for an event stream; the caller reads the body. */
  stream(path: string, call: Call): Promise<Response>
}

export interface Server {
  /** The address under which `api/v1` is found; in a page, its `<base href>` if absent. */
  url?: string
  token?: string
  fetch?: Fetch
}

export function createTransport({ url: base, token, fetch = (request) => globalThis.fetch(request) }: Server): Transport {
  const root = rootOf(base ?? pageBase())
  const requestOf = (path: string, accept: string, call: Call) => asking(url(path, call.query), token, { ...call, accept })
  const url: Transport['url'] = (path, query = {}) => withQuery(new URL(path, root), query).href
  return {
    url,
    json: async (path, call = {}) => {
      const response = await send(fetch, requestOf(path, 'application/json', call))
      return response.json().catch((cause) => {
        call.signal?.throwIfAborted()
        throw new HoldfastClientError(
          { code: 'unexpected_answer', message: 'The answer is not JSON', hint: null, status: response.status },
          { cause },
        )
      })
    },
    stream: (path, call) => send(fetch, requestOf(path, 'text/event-stream', call)),
  }
}

async function send(fetch: Fetch, request: Request): Promise<Response> {
  const response = await fetch(request).catch((cause) => {
    request.signal.throwIfAborted()
    throw noAnswer(request.url, cause)
  })
  if (!response.ok) throw await problemOf(response)
  return response
}

function asking(url: string, token: string | undefined, call: Call & { accept: string }): Request {
  const headers: Record<string, string> = { accept: call.accept, ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  const init: RequestInit = { method: call.method ?? 'GET', headers, signal: call.signal ?? null }
  if (call.body !== undefined) {
    headers['content-type'] = 'application/json'
    init.body = JSON.stringify(call.body)
  }
  return new Request(url, init)
}

function withQuery(url: URL, query: Query): URL {
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    url.searchParams.set(name, typeof value === 'object' ? value.join(',') : String(value))
  }
  return url
}

/** The folder of the address: `http://box/holdfast` and `http://box/holdfast/` mean the same. */
function rootOf(base: string): URL {
  const root = new URL(base)
  if (!root.pathname.endsWith('/')) root.pathname += '/'
  root.search = ''
  root.hash = ''
  return root
}

function pageBase(): string {
  const { document } = globalThis as { document?: { baseURI: string } }
  if (document === undefined) throw new TypeError('createClient needs a `url` outside a page')
  return new URL('.', document.baseURI).href
}
