// Answers a request with an event stream, and tells the stream how its reader goes away, or has to go. Knows nothing of jobs.
import type { Context } from 'hono'
import type { Logger } from '../supervisor/logger.ts'
import { whileAllowed } from './access/while-allowed.ts'
import type { AppEnv } from './context.ts'
import { type EventSink, eventHeaders, eventStream } from './event-stream.ts'

export function answerEvents(c: Context<AppEnv>, logger: Logger, produce: (sink: EventSink) => Promise<void>): Response {
  // Nobody reads the body of a HEAD: a stream behind it would never be cancelled.
  if (c.req.method === 'HEAD') return new Response(null, { headers: eventHeaders })
  const allowed = whileAllowed(c.var.isStillAllowed)
  const signal = AbortSignal.any([c.req.raw.signal, allowed.signal])
  // Gone before it began: nothing is produced, and nothing would end the looking.
  if (signal.aborted) allowed.stop()
  return eventStream({ signal, logger, drop: () => c.env.outgoing?.destroy() }, (sink) => produce(sink).finally(allowed.stop))
}
