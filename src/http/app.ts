// The HTTP app: what every request passes on its way to a route, in order. Knows no route by itself and no socket.
import { OpenAPIHono, type z } from '@hono/zod-openapi'
import type { Context, Next } from 'hono'
import { getPath } from 'hono/utils/url'
import { HoldfastError } from '../supervisor/errors.ts'
import { forPeople } from '../supervisor/secrets.ts'
import { guard } from './access/guard.ts'
import { outsideOf } from './access/outside.ts'
import { bearerOf } from './access/sign-in.ts'
import { admission } from './admission.ts'
import { httpBounds } from './bounds.ts'
import type { App, AppContext, AppEnv } from './context.ts'
import { mountOpenApi } from './openapi.ts'
import { isAddress, isAllowedHost, isForged } from './origin.ts'
import { invalidRequest, toProblem } from './problem.ts'
import { boundedBody } from './request-body.ts'
import { mountActivity } from './routes/activity.ts'
import { mountArtifacts } from './routes/artifacts.ts'
import { mountBulk } from './routes/bulk.ts'
import { mountDashboard } from './routes/dashboard.ts'
import { mountHealth } from './routes/health.ts'
import { mountJobActions } from './routes/job-actions.ts'
import { mountJobs } from './routes/jobs.ts'
import { mountKinds } from './routes/kinds.ts'
import { mountLog } from './routes/log.ts'
import { mountMetrics } from './routes/metrics.ts'
import { mountNotifications } from './routes/notifications.ts'
import { mountQueues } from './routes/queues.ts'
import { mountRunners } from './routes/runners.ts'
import { mountSchedules } from './routes/schedules.ts'
import { mountSession } from './routes/session.ts'
import { mountSummary } from './routes/summary.ts'
import { mountUsers } from './routes/users.ts'

export function createApp(given: AppContext): App {
  const context = { ...given, holdfast: forPeople(given.holdfast) }
  const app: App = new OpenAPIHono<AppEnv>({
    getPath: (request) => stripBase(getPath(request), context.basePath),
    defaultHook: refuseInvalid,
  })
  app.onError((error) => toProblem(error, context.logger))
  app.notFound((c) => toProblem(new HoldfastError('not_found', `There is no ${c.req.method} ${c.req.path}.`), context.logger))
  app.use(securityHeaders)
  app.use(addressed(context))
  app.use(guard(context.doorkeeper.recognise))
  app.use(boundedBody)
  const admit = admission(context.holdfast, context.maxQueued ?? httpBounds.queuedOfKind)
  mountSession(app, context)
  mountUsers(app, context)
  mountKinds(app, context, admit)
  mountJobs(app, context)
  mountJobActions(app, context, admit)
  mountBulk(app, context)
  mountSchedules(app, context, admit)
  mountQueues(app, context)
  mountRunners(app, context)
  mountArtifacts(app, context)
  mountLog(app, context)
  mountNotifications(app, context)
  mountSummary(app, context)
  mountActivity(app, context)
  mountHealth(app, context)
  mountMetrics(app, context)
  mountOpenApi(app)
  mountDashboard(app, context)
  return app
}

/** Under a name that is ours, and not at the wish of a page that is not. */
function addressed({ allowedHosts, doorkeeper }: AppContext) {
  const isByAddress = doorkeeper.by !== 'loopback'
  return async ({ req: { raw }, env }: Context<AppEnv>, next: Next): Promise<void> => {
    const { host } = outsideOf(raw, env, doorkeeper.trusted)
    if (!isAllowedHost(host, allowedHosts) && !(isByAddress && isAddress(host)))
      throw new HoldfastError('wrong_host', `This server does not answer to the name ${host}.`)
    // A page cannot make a browser send a token of ours: it is a program that says an origin. A browser says more, and a proxy may add a token to that.
    const isProgram = bearerOf(raw.headers) !== null && !raw.headers.has('sec-fetch-site')
    if (!isProgram && isForged(raw, host)) throw new HoldfastError('forbidden', 'This request was made by a page of another site.')
    await next()
  }
}

/** Everything works under any prefix: one we were told of is taken off, any other was taken off by who mounted us. */
export function stripBase(path: string, basePath: string): string {
  if (basePath === '' || !path.startsWith(basePath)) return path
  const rest = path.slice(basePath.length)
  if (rest === '') return '/'
  return rest.startsWith('/') ? rest : path
}

async function securityHeaders(c: Context, next: Next): Promise<void> {
  await next()
  const headers = c.res.headers
  headers.set('x-content-type-options', 'nosniff')
  headers.set('referrer-policy', 'same-origin')
  headers.set('cross-origin-resource-policy', 'same-origin')
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
}

const places = { param: 'path', query: 'query', header: 'headers', json: 'body', form: 'body', cookie: 'cookies' } as const

/** What a caller reads names the parameter (`state`) and not the entry of our array (`state.0`). */
function refuseInvalid(result: { target: keyof typeof places; success: boolean; error?: z.ZodError }): void {
  if (result.success || !result.error) return
  const place = places[result.target]
  const issues = result.error.issues.map(({ path, message }) => ({ path: place === 'body' ? path : path.slice(0, 1), message }))
  throw invalidRequest(place, issues)
}
