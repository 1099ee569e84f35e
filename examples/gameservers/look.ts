// After each job of a server it is looked at again: its process and its console, not what the job said. Also once at the start, for what ended
// while nobody was there, and when somebody opens its page. What cannot be noted now is told in the app's log, and tried again until it is.
import { join } from 'node:path'
import type { Activity, Holdfast, Job, Logger } from 'holdfast'
import { type Condition, openDatabase, type Server } from './database.ts'
import { playersOf } from './game/console.ts'
import { operations, server as serverKind } from './kinds.ts'

export interface Looker {
  /** Looks at one server now. @throws what is in the way */
  lookAt(id: number): Promise<void>
  /** Resolves when every job that has settled by now is accounted for, or could not be: then it goes on trying. */
  caughtUp(): Promise<void>
  close(): Promise<void>
}

/** Every line of a log is a change; four looks a second are enough. */
const restMs = 250
const againMs = 1_000

export async function lookAfterServers(holdfast: Holdfast, logger: Pick<Logger, 'warn'>): Promise<Looker> {
  // In no hurry, it keeps no page waiting: it comes again.
  const database = await openDatabase(join(holdfast.data, 'gameservers'), { forMs: restMs })
  /** What had happened to each server at the last look at it. */
  const seen = new Map<number, string>()
  const turns = new Map<number, () => Promise<void>>()

  async function look(id: number): Promise<void> {
    const kinds = await standingOf(holdfast, id)
    const server = (await database.server(id)) as Server
    const running = runningOf(kinds)
    const players = running?.state === 'running' ? await playersOf(server) : null
    // What follows is said of facts, not of what was said before: a look that is late is put right by the next one.
    await database.note(id, { condition: conditionOf(server, running, players), players, lookedAt: Date.now(), ...errorOf(kinds) })
    seen.set(id, newsOf(kinds))
  }

  /** One that hangs holds up nobody but those who look at it. */
  const lookAt = (id: number): Promise<void> => {
    const turn = turns.get(id) ?? oneAtATime(() => look(id))
    turns.set(id, turn)
    return turn()
  }

  const lookIfNews = async ({ id }: Server): Promise<void> => {
    if (seen.get(id) !== newsOf(await standingOf(holdfast, id))) await lookAt(id)
  }

  let timer: NodeJS.Timeout | undefined
  let isClosing = false
  const soon = (afterMs: number) => {
    if (isClosing) return
    timer ??= setTimeout(() => {
      timer = undefined
      void caughtUp()
    }, afterMs).unref()
  }

  let isTold = false
  async function caughtUp(): Promise<void> {
    try {
      // All of them, whatever happens to one.
      const looks = await Promise.allSettled((await database.servers()).map(lookIfNews))
      for (const { reason } of looks.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]) throw reason
      isTold = false
    } catch (error) {
      if (!isTold) logger.warn(`Servers cannot be looked at now; it is tried again until they can. ${error}`)
      isTold = true
      soon(againMs)
    }
  }

  const stop = holdfast.onChange(() => soon(restMs))
  await caughtUp()
  return {
    lookAt,
    caughtUp,
    async close() {
      isClosing = true
      stop()
      clearTimeout(timer)
      await caughtUp()
      database.close()
    },
  }
}

/** How the kinds of one server stand: its operations, and itself. */
export type Standing = Activity['kinds']

export async function standingOf(holdfast: Holdfast, server: number): Promise<Standing> {
  const kind = [...Object.keys(operations), serverKind.kind].map((name) => `${name}/${server}`)
  return (await holdfast.activity({ kind }, { shared: true })).kinds
}

/** The job that is the running server. */
export const runningOf = (kinds: Standing): Job | null => kinds.find(({ kind }) => kind === serverKind.kind)?.active ?? null

/** A look is noted in the server's own log, which is a change: it is news when a job has ended, and when the server itself has begun. */
function newsOf(kinds: Standing): string {
  const running = runningOf(kinds)
  return JSON.stringify([...kinds.map(({ last }) => [last?.id, last?.finishedAt]), running?.id, running?.state])
}

function conditionOf({ runtime }: Server, running: Job | null, players: number | null): Condition {
  if (running?.state === 'queued') return 'starting'
  if (running !== null) return players === null ? 'silent' : 'online'
  return runtime === null ? 'not set up' : 'stopped'
}

/** What the newest job says that nobody cancelled: why it failed, or that all is well again. */
function errorOf(kinds: Standing): Pick<Server, 'lastError' | 'lastErrorJob'> | null {
  const ended = kinds.flatMap(({ last }) => (last === null || last.state === 'cancelled' ? [] : [last]))
  const newest = ended.toSorted((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0) || b.id - a.id)[0]
  if (newest === undefined) return null
  if (newest.state === 'succeeded') return { lastError: null, lastErrorJob: null }
  return { lastError: newest.failure?.message ?? `Job ${newest.id} is ${newest.state}.`, lastErrorJob: newest.id }
}

/** Never two side by side; whoever asks while one waits for its turn gets that one, which begins after he asked. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let current: Promise<unknown> = Promise.resolve()
  let next: Promise<void> | null = null
  return () => {
    next ??= current.then(() => {
      next = null
      const done = work()
      // Whoever asked is told of a failure; it is over for the next one.
      current = done.catch(() => undefined)
      return done
    })
    return next
  }
}
