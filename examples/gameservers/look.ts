// After each job of a server it is looked at again: its process and its console, not what the job said. Also once at the start, for what ended
// while nobody was there, and when somebody opens its page. What cannot be noted now is told in the app's log, and tried again until it is.
import { join } from 'node:path'
import type { Holdfast, Job, Logger } from 'holdfast'
import { type Condition, openDatabase, type Server } from './database.ts'
import { playersOf } from './game/console.ts'
import { operatedOn, operations, runningOf, type Standing, server as serverKind } from './kinds.ts'

/** Every line of a log is a change; four looks a second are enough. */
const restMs = 250
const againMs = 1_000
/** A console writes six lines into the server's log for each question, and every visitor may have one asked. */
const freshMs = 5_000

export async function lookAfterServers(holdfast: Holdfast, logger: Pick<Logger, 'warn'>) {
  // In no hurry, it keeps no page waiting: it comes again.
  const database = await openDatabase(join(holdfast.data, 'gameservers'), { forMs: restMs })
  /** What had happened to each server at the last look at it. */
  const seen = new Map<number, string>()
  const turns = new Map<number, () => Promise<void>>()

  async function look(id: number): Promise<void> {
    const standing = await standingOf(holdfast, id)
    const server = (await database.server(id)) as Server
    if (seen.get(id) === newsOf(standing) && Date.now() - (server.lookedAt ?? 0) < freshMs) return
    const running = runningOf(standing)
    const players = running?.state === 'running' ? await playersOf(server) : null
    const blamed = server.lastErrorJob === null ? null : await holdfast.get(server.lastErrorJob)
    // What follows is said of facts, not of what was said before: a look that is late is put right by the next one.
    const condition = conditionOf(server, standing, players)
    await database.note(id, { condition, players, lookedAt: Date.now(), ...errorOf([...standing.map(({ last }) => last), blamed]) })
    seen.set(id, newsOf(standing))
  }

  /** One that hangs holds up nobody but those who look at it. */
  const lookAt = (id: number): Promise<void> => {
    const turn = turns.get(id) ?? oneAtATime(() => look(id))
    turns.set(id, turn)
    return turn()
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
  const caughtUp = oneAtATime(async () => {
    try {
      const ids = (await database.servers()).map(({ id }) => id)
      const standing = await standingOf(holdfast, ...ids)
      const isNews = (id: number) => seen.get(id) !== newsOf(standing.filter(({ key }) => key === String(id)))
      // All of them, whatever happens to one.
      const looks = await Promise.allSettled(ids.filter(isNews).map(lookAt))
      for (const { reason } of looks.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]) throw reason
      isTold = false
    } catch (error) {
      if (!isTold) logger.warn(`Servers cannot be looked at now; it is tried again until they can. ${error}`)
      isTold = true
      soon(againMs)
    }
  })

  const stop = holdfast.onChange(() => soon(restMs))
  await caughtUp()
  return {
    /** Looks at one server, unless it was looked at just now and nothing has happened since. @throws what is in the way */
    lookAt,
    /** Resolves when every job that has settled by now is accounted for, or could not be: then it goes on trying. */
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

/** One call is asked of fifty names at most. */
export async function standingOf(holdfast: Pick<Holdfast, 'activity'>, ...servers: number[]): Promise<Standing> {
  const kind = servers.flatMap((id) => [...Object.keys(operations), serverKind.kind].map((name) => `${name}/${id}`))
  const found: Standing[] = []
  while (kind.length > 0) found.push((await holdfast.activity({ kind: kind.splice(0, 50) }, { shared: true })).kinds)
  return found.flat()
}

/** A look is noted in the server's own log, which is a change: it is news when a job has ended, and when the server itself has begun. */
function newsOf(standing: Standing): string {
  const running = runningOf(standing)
  return JSON.stringify([...standing.map(({ last }) => [last?.id, last?.finishedAt]), running?.id, running?.state])
}

function conditionOf({ runtime }: Server, standing: Standing, players: number | null): Condition {
  const running = runningOf(standing)
  if (running === null) return runtime === null ? 'not set up' : 'stopped'
  if (players !== null) return 'online'
  // Its console answers a little later than its process begins.
  return running.state === 'queued' || operatedOn(standing).some(({ kind }) => kind === 'start') ? 'starting' : 'silent'
}

/** What the newest of these jobs says that nobody cancelled: why it failed, or that all is well. While it is under way anew, nothing. */
function errorOf(jobs: (Job | null)[]): Pick<Server, 'lastError' | 'lastErrorJob'> | null {
  const told = jobs.flatMap((job) => (job === null || job.state === 'cancelled' ? [] : [job]))
  const newest = told.toSorted((a, b) => (b.finishedAt ?? Infinity) - (a.finishedAt ?? Infinity) || b.id - a.id)[0]
  if (!newest?.finishedAt) return null
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
