// How everything stands, for start pages and indicators; and when it is worth looking again.
import { createRoute } from '@hono/zod-openapi'
import { summarySchema } from '../../contract/summary.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import type { Holdfast, JobState } from '../../supervisor/holdfast.ts'
import { activeStates } from '../../supervisor/states.ts'
import { httpBounds } from '../bounds.ts'
import type { App, AppContext } from '../context.ts'
import { problemAnswers } from '../problem.ts'
import { version } from '../version.ts'

const summary = createRoute({
  method: 'get',
  path: '/api/v1/summary',
  operationId: 'getSummary',
  summary: 'How everything stands, flat',
  description: 'Counts, the job that settled last, and what comes next, each under a name of its own.',
  tags: ['server'],
  responses: { 200: { description: 'The summary', content: { 'application/json': { schema: summarySchema } } }, ...problemAnswers() },
})

export function mountSummary(app: App, { holdfast }: AppContext): void {
  app.openapi(summary, async (c) => {
    const { degraded, ...standing } = await lookSoon(holdfast, () => holdfast.summary())
    const pollAfterMs = standing.active > 0 ? httpBounds.pollAfterMs : null
    return c.json({ ...standing, degraded, version, serverTime: Date.now(), pollAfterMs }, 200)
  })
}

/** A database that cannot be reached makes callers wait for half a minute; who asks how things stand wants to know sooner. */
export async function lookSoon<Seen>(holdfast: Holdfast, look: () => Promise<Seen>): Promise<Seen> {
  const trouble = holdfast.trouble()
  if (trouble === null) return look()
  const { promise, reject } = Promise.withResolvers<never>()
  const unavailable = new HoldfastError('database_unavailable', `${trouble.charAt(0).toUpperCase()}${trouble.slice(1)}.`)
  const timer = setTimeout(() => reject(unavailable), httpBounds.readyMs)
  try {
    return await Promise.race([look(), promise])
  } finally {
    clearTimeout(timer)
  }
}

/** A list can change by itself while any job is active. Counting a million settled jobs to know that would be slow. */
export async function pollAfterList(holdfast: Holdfast): Promise<number | null> {
  const { jobs } = await holdfast.list({ state: activeStates, limit: 1 })
  return jobs.length > 0 ? httpBounds.pollAfterMs : null
}

export function pollAfter(state: JobState): number | null {
  return activeStates.includes(state) ? httpBounds.pollAfterMs : null
}

/** An answer about one job that says when to look again. */
export function polled<T extends { job: { state: JobState } }>(answer: T): T & { pollAfterMs: number | null } {
  return { ...answer, pollAfterMs: pollAfter(answer.job.state) }
}
