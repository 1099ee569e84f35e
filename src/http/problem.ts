// Errors as answers: problem+json (RFC 9457) from the one table of codes. Knows no route.
import { STATUS_CODES } from 'node:http'
import { HTTPException } from 'hono/http-exception'
import { type Problem, problemSchema } from '../contract/problem.ts'
import { type ErrorCode, errorCodes, HoldfastError } from '../supervisor/errors.ts'
import type { Logger } from '../supervisor/logger.ts'

/** Anything thrown, as an answer. What we did not foresee is logged and told without its message, which may hold secrets. */
export function toProblem(thrown: unknown, logger: Logger): Response {
  const error = toHoldfastError(thrown)
  if (error.code === 'internal') logger.error('Holdfast could not answer a request.', { error: thrown })
  const { status, help } = errorCodes[error.code]
  const refused = refusedValues(error)
  const problem: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: error.code,
    detail: error.message,
    hint: help,
    ...(refused.length > 0 && { errors: refused }),
  }
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
  if (error.retryable) headers['retry-after'] = String(retryAfterSeconds(error))
  return new Response(JSON.stringify(problem), { status, headers })
}

function retryAfterSeconds({ details }: HoldfastError): number {
  return typeof details.retryAfterMs === 'number' ? Math.ceil(details.retryAfterMs / 1_000) : 1
}

/** The `responses` of a route's description: one entry for each status, naming the codes it can carry. */
export function problemAnswers(...codes: ErrorCode[]) {
  const everywhere: ErrorCode[] = [
    'sign_in_required',
    'not_allowed',
    'not_protected',
    'wrong_host',
    'database_busy',
    'database_unavailable',
    'closed',
    'internal',
  ]
  const answers: Record<number, { description: string; content: { 'application/problem+json': { schema: typeof problemSchema } } }> = {}
  for (const code of [...codes, ...everywhere]) {
    const { status, help } = errorCodes[code]
    const before = answers[status] ? `${answers[status].description} ` : ''
    answers[status] = { description: `${before}\`${code}\`: ${help}`, content: { 'application/problem+json': { schema: problemSchema } } }
  }
  return answers
}

/** The error for parameters or a body that do not fit, with every refused value. */
export function invalidRequest(where: string, issues: readonly { path: readonly PropertyKey[]; message: string }[]): HoldfastError {
  const errors = issues.map(({ path, message }): Refused => ({ field: path.map(String).join('.') || where, message }))
  const message = errors.map((error) => `${error.field}: ${error.message}`).join('; ')
  return new HoldfastError('invalid_request', message || 'The request is not understood.', { details: { errors } })
}

function toHoldfastError(thrown: unknown): HoldfastError {
  if (thrown instanceof HoldfastError) return thrown
  if (thrown instanceof HTTPException && thrown.status === 415) {
    return new HoldfastError('invalid_request', 'Send the body as JSON, with the header content-type: application/json.')
  }
  if (thrown instanceof HTTPException && thrown.status === 400) return new HoldfastError('invalid_request', 'The body is not valid JSON.')
  return new HoldfastError('internal', 'Holdfast could not answer this request.', { cause: thrown })
}

interface Refused {
  /** '' is the value as a whole. */
  field: string
  message: string
}

/** A kind's schema names fields of the input; the wire names values of the request, in which the input is one. */
function refusedValues({ code, message, details }: HoldfastError): { path: string; message: string }[] {
  if (!Array.isArray(details.errors))
    return typeof details.field === 'string' ? [{ path: details.field, message: ruleIn(message, details.field) }] : []
  const refused = details.errors.filter((entry): entry is Refused => typeof entry?.field === 'string' && typeof entry?.message === 'string')
  const inside = code === 'invalid_input' ? ['input'] : []
  return refused.map(({ field, message }) => ({ path: [...inside, ...(field === '' ? [] : [field])].join('.'), message }))
}

/** What is said of the one value, without its name: that stands beside it. */
function ruleIn(message: string, field: string): string {
  const at = message.indexOf(field)
  return at === -1 ? message : message.slice(at + field.length).replace(/^:?\s+/, '')
}
