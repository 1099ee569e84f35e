// Hears what other processes changed: LISTEN on a connection of its own, which comes back by itself. A hint only; the slow poll is behind it.
import { limits } from '../../core/limits.ts'
import { waitABit } from '../patience.ts'
import type { Change } from '../sql-database.ts'
import type { Connections } from './connections.ts'
import { channelOf } from './transaction.ts'

export interface Listening {
  connections: Connections
  closed: AbortSignal
  /** Null: anything may have changed, we did not listen for a while. */
  onRing: (change: Change | null) => void
}

interface Notification {
  channel: string
  payload?: string
  processId: number
}

/** Resolves when it listens, or when the first try failed and it goes on trying. It ends when closed. */
export async function listen(listening: Listening): Promise<{ ended: Promise<void> }> {
  const { promise: tried, resolve } = Promise.withResolvers<void>()
  const ended = keepListening(listening, resolve)
  await tried
  return { ended }
}

async function keepListening(listening: Listening, tried: () => void): Promise<void> {
  const { closed } = listening
  for (let tries = 0; !closed.aborted; tries++) {
    const startedAt = performance.now()
    await listenOnce(listening, tried).catch(() => {})
    tried()
    // One that held for a while was no failure.
    if (performance.now() - startedAt > limits.pollMs) tries = 0
    await waitABit({ trouble: 'unreachable', tries, signal: closed }).catch(() => {})
  }
}

// Resolves when the connection has ended.
async function listenOnce({ connections, closed, onRing }: Listening, listens: () => void): Promise<void> {
  const channel = channelOf(connections.schema)
  const { client, unref, release } = await connections.takeForGood()
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const hear = (notification: Notification) => {
    // Of our own commits we know already.
    if (notification.channel !== channel || connections.isOurs(notification.processId)) return
    onRing(notification.payload === 'jobs' || notification.payload === 'lines' ? notification.payload : null)
  }
  const events = [
    ['error', end],
    ['end', end],
    ['notification', hear],
  ] as const
  for (const [event, listener] of events) client.on(event, listener)
  closed.addEventListener('abort', end as () => void)
  try {
    await client.query(`listen "${channel}"`)
    unref()
    onRing(null)
    listens()
    if (!closed.aborted) await ended
  } finally {
    closed.removeEventListener('abort', end as () => void)
    for (const [event, listener] of events) client.removeListener(event, listener)
    await release(true)
  }
}
