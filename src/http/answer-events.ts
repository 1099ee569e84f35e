// Answers a request with an event stream, and tells the stream how its reader goes away. Knows nothing of jobs.
import type { Context } from 'hono'
import type { Logger } from '../supervisor/logger.ts'
import type { AppEnv } from './context.ts'
import { type EventSink, eventHeaders, eventStream } from './event-stream.ts'

export function answerEvents(c: Context<AppEnv>, logger: Logger, produce: (sink: EventSink) => Promise<void>): Response {
  // Nobody reads the body of a HEAD: a stream behind it would never be cancelled.
  if (c.req.method === 'HEAD') return new Response(null, { headers: eventHeaders })
  return eventStream({ signal: c.req.raw.signal, logger, drop: () => c.env.outgoing?.destroy() }, produce)
}
