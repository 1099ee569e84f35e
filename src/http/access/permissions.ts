// The one table of who may ask what: every route of the app, by method and path. A route that is not in it answers nobody, and a test fails.
import type { Role } from '../../supervisor/roles.ts'

/** `anyone`: also who has not signed in. */
export type Permission = Role | 'anyone'

export const permissions: Readonly<Record<string, Permission>> = {
  // The page and its files hold nothing of anybody's: what they show comes from the routes below.
  'GET /': 'anyone',
  'GET /jobs': 'anyone',
  'GET /jobs/:id': 'anyone',
  'GET /artifacts': 'anyone',
  'GET /artifacts/:name': 'anyone',
  'GET /assets/*': 'anyone',
  'GET /*': 'anyone',
  'GET /openapi.json': 'anyone',
  'GET /healthz': 'anyone',
  'GET /readyz': 'anyone',
  'GET /api/v1/session': 'anyone',
  'POST /api/v1/session': 'anyone',
  'DELETE /api/v1/session': 'anyone',
  'POST /api/v1/first-user': 'anyone',

  'GET /api/v1/summary': 'viewer',
  'GET /api/v1/events': 'viewer',
  'GET /api/v1/events/artifacts': 'viewer',
  'GET /api/v1/kinds': 'viewer',
  'GET /api/v1/kinds/:kind': 'viewer',
  'GET /api/v1/jobs': 'viewer',
  'GET /api/v1/jobs/:id': 'viewer',
  'GET /api/v1/jobs/:id/log': 'viewer',
  'GET /api/v1/jobs/:id/log.txt': 'viewer',
  'GET /api/v1/jobs/:id/log/stream': 'viewer',
  'GET /api/v1/artifacts': 'viewer',
  'GET /api/v1/artifacts/:name': 'viewer',
  'GET /api/v1/artifacts/:name/events': 'viewer',

  'POST /api/v1/kinds/:kind/jobs': 'operator',
  'POST /api/v1/jobs/:id/cancel': 'operator',
  'POST /api/v1/jobs/:id/retry': 'operator',
  'POST /api/v1/jobs/:id/resume': 'operator',
  'POST /api/v1/jobs/:id/keep-waiting': 'operator',
  'POST /api/v1/jobs/:id/check': 'operator',
  'POST /api/v1/artifacts/:name/roll-back': 'operator',
  'POST /api/v1/artifacts/:name/want': 'operator',

  'POST /api/v1/password': 'viewer',
  'GET /api/v1/users': 'admin',
  'POST /api/v1/users': 'admin',
  'PATCH /api/v1/users/:name': 'admin',
  'DELETE /api/v1/users/:name': 'admin',
  'GET /api/v1/tokens': 'admin',
  'POST /api/v1/tokens': 'admin',
  'DELETE /api/v1/tokens/:id': 'admin',
}
