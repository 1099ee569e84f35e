// How a function in the runner's process is asked to stop: by its signal, with the reason. Nothing can end it but itself.
import type { Claimed, JobRecord } from '../store/store.ts'
import type { House } from './house.ts'
import type { InlineKeeper } from './inline-keeper.ts'
import { watchRow } from './row-watch.ts'
import { tell } from './tell.ts'
import { stopInTime } from './time-limit.ts'

export interface InlineStop {
  /** The function's own. */
  signal: AbortSignal
  /** Rejects when the attempt is over for this runner: its lease is lost, or the runner has closed. */
  over: Promise<never>
  /** It is another's now: the function is told, and nothing of it is written. */
  lose(error: Error): void
  /** Resolves when a stop that closing asks for is written down, if there is one. */
  recorded(): Promise<void>
  /** It has settled: its time is over, however long its output is looked at. */
  ended(): void
  close(): void
}

/** `onIgnored` is told when it still goes on after its grace. */
export function openInlineStop(house: House, claimed: Claimed, inline: InlineKeeper, onIgnored: () => void): InlineStop {
  const { job } = claimed
  const stop = new AbortController()
  const closed = new AbortController()
  const ended = new AbortController()
  const { promise: over, reject } = Promise.withResolvers<never>()
  over.catch(() => undefined)
  let asking: Promise<void> = Promise.resolve()
  const unwatch = watchRow(house, claimed, { onStop, onLost: lose })
  onAborted(inline.leaving, closed.signal, () => {
    asking = makeWay().catch((error) => tell(house, `job ${job.id} could not be asked to stop`, error))
  })
  onAborted(house.closing, closed.signal, () => lose(house.closing.reason))
  const ageMs = async () => null
  stopInTime(house, claimed, { signal: AbortSignal.any([closed.signal, ended.signal]), ageMs }).catch((error) =>
    tell(house, `job ${job.id} could not be stopped in time`, error),
  )

  function onStop(now: JobRecord): void {
    if (stop.signal.aborted) return
    stop.abort(new Error(stopWords(now)))
    house.clock.sleep(job.spec.stopGraceMs, closed.signal).then(onIgnored, () => undefined)
  }

  function lose(error: Error): void {
    stop.abort(error)
    reject(error)
  }

  async function makeWay(): Promise<void> {
    const { id, leaseToken } = job
    const asked = { id, by: null, reason: 'shutdown', why: 'runs in a program that closes', leaseToken, now: house.clock.now() } as const
    const now = await house.store.jobs.askStop(asked)
    if (now?.state === 'stopping' && now.leaseToken === leaseToken) onStop(now)
  }

  return {
    signal: stop.signal,
    over,
    lose,
    recorded: () => asking,
    ended: () => ended.abort(),
    close() {
      unwatch()
      closed.abort()
    },
  }
}

function onAborted(signal: AbortSignal, until: AbortSignal, listener: () => void): void {
  if (signal.aborted) listener()
  else signal.addEventListener('abort', listener, { once: true, signal: until })
}

function stopWords({ stopReason, stopAskedBy, stopWhy }: JobRecord): string {
  if (stopReason === 'cancel') return `the job was cancelled${stopAskedBy ? ` by ${stopAskedBy}` : ''}`
  if (stopReason === 'resume') return 'the job is stopped to go on from its checkpoint'
  return stopWhy === null ? 'the job was asked to stop' : `the job is stopped: it ${stopWhy}`
}
