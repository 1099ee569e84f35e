// The dashboard's pages and files. Knows paths, not what is on the pages.
import type { Context } from 'hono'
import { HoldfastError } from '../../supervisor/errors.ts'
import type { App, AppContext, AppEnv } from '../context.ts'
import { pageHeaders } from '../dashboard-files.ts'

const dashboardPages = [
  '/jobs',
  '/jobs/:id',
  '/job-types',
  '/job-types/:kind',
  '/artifacts',
  '/artifacts/:name',
  '/schedules',
  '/runners',
  '/settings',
  '/sign-in',
]

export function mountDashboard(app: App, { dashboard }: AppContext): void {
  const page = (c: Context<AppEnv>) => c.body(dashboard.page(baseOf(c.req.path)), 200, pageHeaders)

  app.get('/', (c) => {
    const [path = '/', query] = outsideOf(c).split('?', 2)
    if (path.endsWith('/')) return page(c)
    // Mounted at /holdfast and asked for without the slash: relative links would point beside it.
    const folder = path.slice(path.lastIndexOf('/') + 1)
    return c.redirect(`./${folder}/${query === undefined ? '' : `?${query}`}`)
  })
  for (const path of dashboardPages) app.get(path, page)

  app.get('/elements.js', (c) => {
    const script = dashboard.elements()
    if (!script) throw new HoldfastError('not_found', 'The page elements are not built: npm run build:elements.')
    const isKnown = c.req.header('if-none-match') === script.headers.etag
    return isKnown ? c.body(null, 304, script.headers) : c.body(script.body, 200, script.headers)
  })

  // Somebody who followed an old link gets the dashboard's own page about it, a program gets the problem.
  app.get('*', (c, next) => {
    const isPerson = c.req.header('accept')?.includes('text/html') && !/^\/(api|assets)\//.test(c.req.path)
    return isPerson ? c.body(dashboard.page(baseOf(c.req.path)), 404, pageHeaders) : next()
  })
  app.get('/assets/*', (c) => {
    const file = dashboard.file(c.req.path)
    if (!file) throw new HoldfastError('not_found', `There is no file ${c.req.path}.`)
    return c.body(file.body, 200, file.headers)
  })
}

/** The address as the browser knows it, as far as those who passed the request on have told. */
function outsideOf(c: Context<AppEnv>): string {
  const { pathname, search } = new URL(c.req.url)
  return c.env.incoming?.originalUrl ?? c.env.incoming?.url ?? pathname + search
}

/** From a page's path to the folder the dashboard lives in: '/' and '/jobs' are in it, '/jobs/42' is one deeper. */
export function baseOf(path: string): string {
  return '../'.repeat(path.split('/').length - 2) || './'
}
