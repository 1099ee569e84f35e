// Stands in for src/elements/live-of.ts on the page of stories: for each address what a story says is known, and never a change. No server is asked.
import type { Activity, KindActivity } from '../../../src/client/index.ts'
import type { ElementClient, Live } from '../../../src/elements/element-client.ts'
import type { Standing } from '../../../src/live/live.ts'
import { now, titles } from './jobs.ts'
import { type Known, storyAt } from './stories.ts'

const live: Standing = { state: 'live', heardAt: now, retryAt: null, error: null, role: 'operator', connection: null }

export function borrowLive(api: string): Live {
  return fixed(storyAt(api)?.known ?? {})
}

export function giveBackLive(): void {}

function fixed({ standing = {}, activity: first, jobs = [], kinds = [], artifacts = [], later }: Known): Live {
  let current: Activity | null = first ?? null
  let tell = () => {}
  let isBegun = false
  const happen = () => {
    current = later ?? current
    tell()
  }
  const find = (name: string, key?: string): KindActivity | undefined =>
    kinds.find((kind) => kind.kind === name && (kind.key ?? undefined) === key)
  const isKnown = standing.state === undefined || standing.state === 'live' || standing.state === 'quiet'
  return {
    client: client(),
    subscribe: (onChange) => {
      tell = onChange
      return () => {}
    },
    want: () => () => {},
    aheadMs: () => 0,
    // What happens later happens once somebody has looked.
    activity: () => {
      if (later !== undefined && !isBegun) setTimeout(happen, 100)
      isBegun = true
      return current
    },
    job: (id) => jobs.find((job) => job.id === id) ?? (isKnown ? null : undefined),
    kind: (name, key) => find(name, key) ?? (isKnown ? null : undefined),
    artifact: (name) => artifacts.find((artifact) => artifact.name === name),
    standing: () => ({ ...live, ...standing }),
    refresh: () => Promise.resolve(),
  }
}

function client(): ElementClient {
  const kinds = async () =>
    Object.entries(titles).map(([kind, title]) => ({ kind, title }) as Awaited<ReturnType<ElementClient['kinds']>>[number])
  const calls: Partial<ElementClient> = { kinds }
  return calls as ElementClient
}
