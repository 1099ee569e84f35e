// What every route has at hand. Types only.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Holdfast } from '../supervisor/holdfast.ts'
import type { Logger } from '../supervisor/logger.ts'
import type { Visitor } from '../supervisor/roles.ts'
import type { Doorkeeper } from './access/doorkeeper.ts'
import type { DashboardFiles } from './dashboard-files.ts'

export interface AppContext {
  holdfast: Holdfast
  basePath: string
  allowedHosts: ReadonlySet<string>
  logger: Logger
  dashboard: DashboardFiles
  doorkeeper: Doorkeeper
  /** Jobs of one kind that may be queued before no more are taken. */
  maxQueued?: number | undefined
}

export interface AppEnv {
  Bindings: NodeEnv
  Variables: {
    /** Who asks; not set on routes for anyone. */
    visitor: Visitor
    /** Whether he still may: for answers that go on for long. */
    isStillAllowed: () => Promise<boolean>
  }
}

/** What the Node adapter passes beside the request; empty where the app is called with a bare Request. */
export interface NodeEnv {
  incoming?: IncomingMessage & { originalUrl?: string }
  outgoing?: ServerResponse
}

export type App = OpenAPIHono<AppEnv>
