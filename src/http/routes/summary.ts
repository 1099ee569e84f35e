// Counts for start pages and indicators, and when it is worth looking again.
import { createRoute } from '@hono/zod-openapi'
import { summarySchema } from '../../contract/job.ts'
import type { JobState } from '../../supervisor/holdfast.ts'
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

const activeStates: readonly JobState[] = ['queued', 'running', 'stopping']

export function mountSummary(app: App, { holdfast }: AppContext): void {
  app.openapi(summary, async (c) => {
    const counts = await holdfast.count()
    return c.json({ counts, active: countActive(counts), pollAfterMs: pollAfterCounts(counts), version }, 200)
  })
}

/** A list can change by itself while any job is active. */
export function pollAfterCounts(counts: Record<JobState, number>): number | null {
  return countActive(counts) > 0 ? httpBounds.pollAfterMs : null
}

export function pollAfter(state: JobState): number | null {
  return activeStates.includes(state) ? httpBounds.pollAfterMs : null
}

function countActive(counts: Record<JobState, number>): number {
  return activeStates.reduce((sum, state) => sum + counts[state], 0)
}
