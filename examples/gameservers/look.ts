// After each job of a server it is looked at again: its process and its console, not what the job said. Also once at the start, for what ended
// while nobody was there. What cannot be noted now is told in the app's log, and tried again until it is.
import { join } from 'node:path'
import type { Activity, Holdfast, Logger } from 'holdfast'
import { type Condition, openDatabase, type Server } from './database.ts'
import { playersOf } from './game/console.ts'
import { operations, server as serverKind } from './kinds.ts'

export interface Looker {
  /** Resolves when every job that has settled by now is accounted for, or could not be: then it goes on trying. */
  caughtUp(): Promise<void>
  /** Looks at one server now. @throws what is in the way */
  look(id: number): Promise<void>
  close(): Promise<void>
}

/** How the kinds of one server stand: its operations, and itself. */
type Standing = Activity['kinds']

/** Every line of a log is a change; four looks a second are enough. */
const restMs = 250
const againMs = 1_000

export async function lookAfterServers(holdfast: Holdfast, logger: Pick<Logger, 'warn'>): Promise<Looker> {
  // In no hurry, it keeps no page waiting: it comes again.
  const database = await openDatabase(join(holdfast.data, 'gameservers'), { forMs: restMs })
  /** What had happened to each server at the last look at it. */
  const seen = new Map<number, string>()

  async function look(id: number, standing?: Standing): Promise<void> {
    const server = await database.server(id)
    if (server === undefined) return
    const kinds = standing ?? (await standings(holdfast, [id])).get(id) ?? []
    const running = kinds.find(({ kind }) => kind === serverKind.kind)?.active ?? null
    const players = running?.state === 'running' ? await playersOf(server) : null
    // What follows is said of facts, not of what was said before: a look that is late is put right by the next one.
    await database.note(id, { condition: conditionOf(server, kinds, players), players, lookedAt: Date.now(), ...errorOf(kinds) })
  }

  async function lookIfNews([id, standing]: [number, Standing]): Promise<void> {
    // A look is noted in the server's own log: one for each end, and for its own beginning.
    const ends = standing.map(({ last }) => `${last?.id} ${last?.finishedAt}`)
    const running = standing.find(({ kind }) => kind === serverKind.kind)?.active
    const happened = [...ends, running?.id, running?.state].join()
    if (seen.get(id) === happened) return
    await look(id, standing)
    seen.set(id, happened)
  }

  async function lookAtAll(): Promise<void> {
    const ids = (await database.servers()).map(({ id }) => id)
    // Side by side, so that one that hangs holds up nobody; and all of them, whatever happens to one.
    const looks = await Promise.allSettled([...(await standings(holdfast, ids))].map(lookIfNews))
    const failed = looks.find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  }

  let timer: NodeJS.Timeout | null = null
  let isClosing = false
  const soon = (afterMs: number) => {
    if (isClosing) return
    timer ??= setTimeout(() => {
      timer = null
      void caughtUp()
    }, afterMs).unref()
  }

  let isTold = false
  const caughtUp = oneAtATime(async () => {
    try {
      await lookAtAll()
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
    caughtUp,
    look: (id) => look(id),
    async close() {
      isClosing = true
      stop()
      if (timer !== null) clearTimeout(timer)
      await caughtUp()
      database.close()
    },
  }
}

const kindsOfServers = [...Object.keys(operations), serverKind.kind]

/** One question to Holdfast may name 50 kinds. */
const serversAtOnce = Math.floor(50 / kindsOfServers.length)

async function standings(holdfast: Holdfast, ids: number[]): Promise<Map<number, Standing>> {
  const found = new Map<number, Standing>()
  for (let from = 0; from < ids.length; from += serversAtOnce) {
    const some = ids.slice(from, from + serversAtOnce)
    const { kinds } = await holdfast.activity({ kind: some.flatMap((id) => kindsOfServers.map((kind) => `${kind}/${id}`)) })
    for (const id of some) {
      const own = kinds.filter(({ key }) => key === String(id))
      found.set(id, own)
    }
  }
  return found
}

function conditionOf({ runtime, revision }: Server, kinds: Standing, players: number | null): Condition {
  const of = (kind: string) => kinds.find((one) => one.kind === kind)
  const running = of(serverKind.kind)?.active ?? null
  if (running?.state === 'queued') return 'starting'
  if (running !== null) return players === null ? 'silent' : 'online'
  if (runtime !== null || revision !== null) return 'stopped'
  return of(operations.delete.kind)?.last ? 'deleted' : 'never set up'
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
  let current: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null
  return () => {
    next ??= current.then(() => {
      next = null
      current = work()
      return current
    })
    return next
  }
}
