// What the first page knows: what is going on as a stream tells it, and, asked for when that changes, what ended badly, what is required and what comes next.
import type { Activity, ArtifactView, HoldfastClientError, Job, ScheduleView } from 'holdfast/client'
import { useEffect, useState } from 'preact/hooks'
import { client } from '../client.ts'
import { useActivity } from '../parts/use-activity.ts'
import { askedOf, attentionMs, type MadeGood } from './attention.ts'

export interface Overview {
  activity: Activity | null
  problem: HoldfastClientError | null
  ended: readonly Job[]
  madeGood: MadeGood
  artifacts: readonly ArtifactView[]
  schedules: readonly ScheduleView[]
}

const mostEnded = 50
const mostSucceeded = 100
const nothingMadeGood: MadeGood = { kinds: [], succeeded: [] }

export function useOverview(): Overview {
  const { view, problem } = useActivity({})
  const activity = view.value
  const settled = activity?.settled.map(({ id, version }) => `${id}-${version}`).join() ?? null
  const summary = activity?.summary
  const [bad, setBad] = useState({ ended: [] as Job[], madeGood: nothingMadeGood })
  useAsked(settled, async (signal) => setBad(await endedBadly(signal)))
  const [artifacts, setArtifacts] = useState<readonly ArtifactView[]>([])
  useAsked(summary && `${summary.required} ${settled}`, async (signal) =>
    setArtifacts(summary?.required === 0 ? [] : await client.artifacts({ signal })),
  )
  const [schedules, setSchedules] = useState<readonly ScheduleView[]>([])
  useAsked(summary && `${summary.nextAt} ${summary.nextKind}`, async (signal) => setSchedules(await client.schedules({ signal })))
  return { activity, problem: problem.value, ...bad, artifacts, schedules }
}

/** Asks anew whenever `when` is another one; what cannot be asked for stays as it was. */
function useAsked(when: string | null | undefined, ask: (signal: AbortSignal) => Promise<void>): void {
  useEffect(() => {
    if (when == null) return
    const stop = new AbortController()
    ask(stop.signal).catch(() => undefined)
    return () => stop.abort()
  }, [when])
}

async function endedBadly(signal: AbortSignal): Promise<{ ended: Job[]; madeGood: MadeGood }> {
  const { jobs } = await client.list({ state: ['failed', 'interrupted'], limit: mostEnded }, { signal })
  const ended = jobs.filter(({ finishedAt }) => finishedAt !== null && finishedAt > Date.now() - attentionMs)
  const { keys, kinds } = askedOf(ended)
  const [keyed, ...lists] = await Promise.all([
    keys.length === 0 ? null : client.activity({ kind: keys }, { signal }),
    ...kinds.map((kind) => client.list({ kind, state: ['succeeded'], limit: mostSucceeded }, { signal })),
  ])
  return { ended, madeGood: { kinds: keyed?.kinds ?? [], succeeded: lists.flatMap((page) => page.jobs) } }
}
