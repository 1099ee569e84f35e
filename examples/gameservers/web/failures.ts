// The answers where something is not there, not allowed, not possible now, or broken: a page with a sentence and a way back.
import { HoldfastError } from 'holdfast'
import type { Context } from 'hono'
import { html } from 'hono/html'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { page } from './layout.ts'
import { type Env, ownPath } from './visitor.ts'

export function refuse(status: 403 | 404 | 409 | 413 | 422, message: string): never {
  throw new HTTPException(status, { message })
}

export async function answerFailure(error: Error, c: Context<Env>): Promise<Response> {
  const [status, text] = answerTo(error)
  if (status === 500) console.error(error)
  if (status === 503) c.header('retry-after', '5')
  const title = titles[status] ?? 'Not done'
  const back = ownPath(c.req.header('referer') ?? '/', c.req.url)
  const main = html`<h1>${title}</h1><p class="lead">${text}</p><p><a class="button" href="${back}">Go back</a></p>`
  return c.html(page({ title, visitor: c.var.visitor ?? null }, main), status)
}

const titles: Partial<Record<number, string>> = {
  403: 'Not for you',
  404: 'Not here',
  409: 'Not now',
  500: 'This went wrong',
  503: 'Busy',
}

function answerTo(error: Error): [ContentfulStatusCode, string] {
  // What Hono refuses by itself has no words.
  if (error instanceof HTTPException) return [error.status, error.message || 'A page of another site sent this. Nothing was done.']
  if (!(error instanceof HoldfastError)) return [500, 'It is not your fault; what happened stands in the app’s own log.']
  if (error.retryable) return [503, 'Another program holds the database. Nothing was changed; try again in a moment.']
  return [error.code === 'active_exists' ? 409 : 422, error.message]
}
