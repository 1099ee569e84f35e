// The answers where something is not there, not allowed, not possible now, or broken: a page with a sentence and a way back, JSON for programs.
import { HoldfastError } from 'holdfast'
import type { Context } from 'hono'
import { html } from 'hono/html'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { page } from './layout.ts'
import { Refused } from './refused.ts'
import { type Env, ownPath } from './visitor.ts'

export const wantsJson = (c: Context): boolean => c.req.header('accept') === 'application/json'

export async function answerFailure(error: Error, c: Context<Env>): Promise<Response> {
  const [status, text] = answerTo(error)
  if (status === 500) console.error(error)
  if (status === 503) c.header('retry-after', '5')
  if (wantsJson(c)) return c.json({ error: text }, status)
  const title = titles[status] ?? 'Not done'
  const back = ownPath(c.req.header('referer') ?? '/', c.req.url)
  const visitor = c.var.visitor ?? null
  return c.html(
    page({ title, visitor }, html`<h1>${title}</h1><p class="lead">${text}</p><p><a class="button" href="${back}">Go back</a></p>`),
    status,
  )
}

const titles: Partial<Record<number, string>> = {
  403: 'Not for you',
  404: 'Not here',
  409: 'Not now',
  500: 'This went wrong',
  503: 'Busy',
}

function answerTo(error: Error): [ContentfulStatusCode, string] {
  if (error instanceof Refused) return [error.status, error.message]
  if (error instanceof HTTPException) return [error.status, refusals[error.status] ?? error.message]
  if (!(error instanceof HoldfastError)) return [500, 'It is not your fault; what happened stands in the app’s own log.']
  if (error.retryable) return [503, 'Another program holds the database. Nothing was changed; try again in a moment.']
  if (error.code.endsWith('_not_found')) return [404, error.message]
  return [error.code === 'invalid_input' ? 422 : 409, error.message]
}

/** What Hono refuses, it says in a word. */
const refusals: Partial<Record<number, string>> = { 403: 'A page of another site sent this. Nothing was done.' }
