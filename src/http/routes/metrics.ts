// The metrics as Prometheus scrapes them.
import { createRoute, z } from '@hono/zod-openapi'
import type { App, AppContext } from '../context.ts'
import { metricsOf } from '../metrics.ts'
import { problemAnswers } from '../problem.ts'

const scrape = createRoute({
  method: 'get',
  path: '/metrics',
  operationId: 'getMetrics',
  summary: 'How everything stands, as Prometheus reads it',
  tags: ['server'],
  responses: {
    200: { description: 'The metrics', content: { 'text/plain': { schema: z.string() } } },
    ...problemAnswers(),
  },
})

export function mountMetrics(app: App, { holdfast }: AppContext): void {
  const metrics = metricsOf(holdfast)
  app.openapi(scrape, async (c) => {
    const { contentType, text } = await metrics()
    return c.text(text, 200, { 'content-type': contentType })
  })
}
