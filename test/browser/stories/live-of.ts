// Stands in for src/elements/live-of.ts on the page of stories: for each address what a story says is known, and never a change. No server is asked.
import type { Activity, HoldfastClient, KindActivity, LogLine, LogPage } from '../../../src/client/index.ts'
import type { Live, Standing } from '../../../src/live/live.ts'
import { now, titles } from './jobs.ts'
import { type Known, stories } from './stories.ts'

const live: Standing = { state: 'live', heardAt: now, retryAt: null, error: null, role: 'operator', connection: null }

export function borrowLive(api: string): Live {
  const place = Number(/\/(\d+)\/$/.exec(api)?.[1])
  return fixed(stories[place]?.known ?? {})
}

export function giveBackLive(): void {}

function fixed({ standing = {}, activity = null, jobs = [], kinds = [], artifacts = [], later, lines = [] }: Known): Live {
  let current: Activity | null = activity
  let tell = () => {}
  const find = (name: string, key?: string): KindActivity | undefined =>
    kinds.find((kind) => kind.kind === name && (kind.key ?? undefined) === key)
  const isKnown = standing.state === undefined || standing.state === 'live' || standing.state === 'quiet'
  return {
    client: client(lines),
    subscribe: (onChange) => {
      tell = onChange
      if (later !== undefined)
        setTimeout(() => {
          current = later
          tell()
        }, 600)
      return () => {}
    },
    want: () => () => {},
    activity: () => current,
    job: (id) => jobs.find((job) => job.id === id) ?? (isKnown ? null : undefined),
    kind: (name, key) => find(name, key) ?? (isKnown ? null : undefined),
    artifact: (name) => artifacts.find((artifact) => artifact.name === name),
    standing: () => ({ ...live, ...standing }),
    refresh: () => Promise.resolve(),
  }
}

function client(lines: LogLine[]): HoldfastClient {
  const page: LogPage = { lines, lastSeq: lines.at(-1)?.seq ?? 0, unfinished: [] }
  const calls: Partial<HoldfastClient> = {
    kinds: async () =>
      Object.entries(titles).map(([kind, title]) => ({ kind, title }) as Awaited<ReturnType<HoldfastClient['kinds']>>[number]),
    log: async () => page,
    followLog: () => new Promise(() => {}),
    logTextUrl: () => '',
  }
  return calls as HoldfastClient
}
