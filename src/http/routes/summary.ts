// Counts for start pages and indicators, and when it is worth looking again.
import { createRoute } from '@hono/zod-openapi'
import { summarySchema } from '../../contract/job.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import type { Holdfast, JobCounts, JobState } from '../../supervisor/holdfast.ts'
import { activeStates } from '../../supervisor/states.ts'
import { httpBounds } from '../bounds.ts'
import type { App, AppContext } from '../context.ts'
import { problemAnswers } from '../problem.ts'
import { version } from '../version.ts'

const summary = createRoute({
  method: 'get',
  path: '/api/v1/summary',
  operationId: 'getSummary',
  summary: 'How many jobs are in each state',
  tags: ['server'],
  responses: { 200: { description: 'The counts', content: { 'application/json': { schema: summarySchema } } }, ...problemAnswers() },
})

export function mountSummary(app: App, { holdfast }: AppContext): void {
  app.openapi(summary, async (c) => {
    const { counts, required } = await lookSoon(holdfast)
    return c.json(
      {
        counts,
        active: countActive(counts),
        required,
        pollAfterMs: countActive(counts) > 0 ? httpBounds.pollAfterMs : null,
        version,
        degraded: holdfast.trouble(),
      },
      200,
    )
  })
}

interface Seen {
  counts: JobCounts
  required: number
}

async function look(holdfast: Holdfast): Promise<Seen> {
  const [counts, artifacts] = await Promise.all([holdfast.count(), holdfast.artifacts.list()])
  return { counts, required: artifacts.filter(({ required, building }) => required && building === null).length }
}

/** A database that cannot be reached makes callers wait for half a minute; who asks how things stand wants to know sooner. */
async function lookSoon(holdfast: Holdfast): Promise<Seen> {
  const trouble = holdfast.trouble()
  if (trouble === null) return look(holdfast)
  const { promise, reject } = Promise.withResolvers<never>()
  const unavailable = new HoldfastError('database_unavailable', `${trouble.charAt(0).toUpperCase()}${trouble.slice(1)}.`)
  const timer = setTimeout(() => reject(unavailable), httpBounds.readyMs)
  try {
    return await Promise.race([look(holdfast), promise])
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

function countActive(counts: Record<JobState, number>): number {
  return activeStates.reduce((sum, state) => sum + counts[state], 0)
}
