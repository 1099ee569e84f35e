// Runners: which programs look after jobs, and whether they live.
import { createRoute } from '@hono/zod-openapi'
import { runnersSchema } from '../../contract/runner.ts'
import { httpBounds } from '../bounds.ts'
import type { App, AppContext } from '../context.ts'
import { problemAnswers } from '../problem.ts'

const list = createRoute({
  method: 'get',
  path: '/api/v1/runners',
  operationId: 'listRunners',
  summary: 'The programs that look after jobs, oldest first',
  tags: ['server'],
  responses: { 200: { description: 'The runners', content: { 'application/json': { schema: runnersSchema } } }, ...problemAnswers() },
})

export function mountRunners(app: App, { holdfast }: AppContext): void {
  app.openapi(list, async (c) => {
    const runners = await holdfast.runners()
    return c.json({ runners, pollAfterMs: runners.some(({ jobs }) => jobs.length > 0) ? httpBounds.pollAfterMs : null }, 200)
  })
}
