// What a call can fail with. Made from problem+json, or from the lack of an answer; knows no transport.

/** A value that was refused, such as `input.mode`, and what it must be. */
export interface RefusedValue {
  path: string
  message: string
}

interface Problem {
  code: string
  message: string
  hint: string | null
  /** HTTP status; 0 when there was no answer at all. */
  status: number
  errors?: readonly RefusedValue[]
}

export class HoldfastClientError extends Error {
  /** A page may hold this module twice, in its own bundle and under `holdfast/react`: what one throws, the other knows. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'HoldfastClientError'
  }

  /** Stable; the table is in the reference under "Errors". */
  readonly code: string
  readonly hint: string | null
  readonly status: number
  /** Each value that was refused; none where that is not what went wrong. */
  readonly errors: readonly RefusedValue[]

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options)
    this.name = 'HoldfastClientError'
    this.code = problem.code
    this.hint = problem.hint
    this.status = problem.status
    this.errors = problem.errors ?? []
  }
}

export function noAnswer(url: string, cause: unknown): HoldfastClientError {
  const message = `No answer from ${new URL(url).origin}`
  return new HoldfastClientError(
    { code: 'unreachable', message, hint: 'Is the server running, and is the address right?', status: 0 },
    { cause },
  )
}

/** A proxy in between may answer in HTML, so nothing about the body is taken for granted. */
export async function problemOf(response: Response): Promise<HoldfastClientError> {
  const body = asRecord(await response.json().catch(() => null))
  if (response.status === 404 && body.code === undefined) return notHere(response.url)
  return new HoldfastClientError({
    code: text(body.code) ?? (response.status >= 500 ? 'unreachable' : 'unexpected_answer'),
    message: text(body.detail) ?? text(body.title) ?? `The server answered ${response.status} ${response.statusText}`.trim(),
    hint: text(body.hint),
    status: response.status,
    errors: (Array.isArray(body.errors) ? body.errors : []).map(asRecord).filter(isRefusedValue),
  })
}

function isRefusedValue(entry: Record<string, unknown>): entry is Record<string, unknown> & RefusedValue {
  return typeof entry.path === 'string' && typeof entry.message === 'string'
}

function notHere(url: string): HoldfastClientError {
  const message = `There is no Holdfast at ${url.replace(/api\/v1\/.*$/, '')}`
  return new HoldfastClientError({
    code: 'unreachable',
    message,
    hint: 'Is it under /holdfast?',
    status: 404,
  })
}

/** True when the same request may work later: no answer, a server fault, too busy. */
export function mayWorkLater(error: unknown): boolean {
  if (!(error instanceof HoldfastClientError)) return true
  return error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
