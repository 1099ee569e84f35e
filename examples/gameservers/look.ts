// After each job of a server it is looked at again: its process and its console, not what the job said. Also once at the start, for what ended
// while nobody was there.
import type { Activity, Holdfast, Job } from 'holdfast'
import type { Condition, Database, Server } from './database.ts'
import { playersOf } from './game/console.ts'
import { operations, server as serverKind } from './kinds.ts'

export interface Looker {
  /** Resolves when every job that has settled by now is accounted for. */
  caughtUp(): Promise<void>
  /** Looks at one server now. */
  look(id: number): Promise<void>
  close(): Promise<void>
}

/** How the kinds of one server stand: its operations, and itself. */
type Standing = Activity['kinds']

export async function lookAfterServers(holdfast: Holdfast, database: Database): Promise<Looker> {
  /** What had happened to each server at the last look at it. */
  const seen = new Map<number, string>()

  async function look(id: number, standing?: Standing): Promise<void> {
    const server = database.server(id)
    if (server === undefined) return
    const kinds = standing ?? (await standings(holdfast, [id])).get(id) ?? []
    const running = kinds.find(({ kind }) => kind === serverKind.kind)?.active ?? null
    const players = running?.state === 'running' ? await playersOf(server) : null
    database.note(id, { condition: conditionOf(server, running, players), players, lookedAt: Date.now(), ...errorOf(kinds) })
  }

  const caughtUp = oneAtATime(async () => {
    const ids = database.servers().map(({ id }) => id)
    for (const [id, standing] of await standings(holdfast, ids)) {
      // A look is noted in the server's own log: one for each end, and for its own beginning.
      const ends = standing.map(({ last }) => `${last?.id} ${last?.finishedAt}`)
      const running = standing.find(({ kind }) => kind === serverKind.kind)?.active
      const happened = [...ends, running?.id, running?.state].join()
      if (seen.get(id) === happened) continue
      await look(id, standing)
      seen.set(id, happened)
    }
  })

  // Every line of a log is a change; four looks a second are enough.
  let timer: NodeJS.Timeout | null = null
  const stop = holdfast.onChange(() => {
    timer ??= setTimeout(() => {
      timer = null
      caughtUp().catch(() => undefined)
    }, 250).unref()
  })
  await caughtUp()
  return {
    caughtUp,
    look: (id) => look(id),
    async close() {
      stop()
      if (timer !== null) clearTimeout(timer)
      await caughtUp().catch(() => undefined)
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
    for (const id of some)
      found.set(
        id,
        kinds.filter(({ key }) => key === String(id)),
      )
  }
  return found
}

function conditionOf({ condition, runtime }: Server, running: Job | null, players: number | null): Condition {
  if (running?.state === 'queued') return 'starting'
  if (running !== null) return players === null ? 'silent' : 'online'
  if (condition === 'deleted' || condition === 'never set up') return runtime === null ? condition : 'stopped'
  return 'stopped'
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
    next ??= current
      .catch(() => undefined)
      .then(() => {
        next = null
        current = work()
        return current
      })
    return next
  }
}
