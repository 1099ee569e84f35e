// A small app as people write it with the hooks, in every way they are meant for; the tests click it. Without JSX, so that Node draws it as it is.
import { createElement as h, type ReactNode, StrictMode, useState } from 'react'
import { createHooks, HoldfastProvider, useActivity, useArtifact, useJobLog, useJobs } from '../../../src/react/index.ts'

export type Kinds = {
  script: { input: { lines: string; note?: string }; result: { rows: number } }
  index: { input: { settings: string }; result: null }
  server: { input: { server: string; lines: string }; result: null }
}
const { useKind, useJob } = createHooks<Kinds>()

/** How often each part was drawn. */
export const drawn: Record<string, number> = {}

function count(part: string): void {
  drawn[part] = (drawn[part] ?? 0) + 1
}

function field(name: string, value: unknown): ReactNode {
  return h(
    'dd',
    { 'data-name': name },
    value === null || value === undefined ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value),
  )
}

/** A card: a start button, and the job that it started, whoever asked and whenever. */
function Card({ name, lines }: { name: 'server'; lines: string }): ReactNode {
  count('card')
  const [said, setSaid] = useState('')
  const { kind, condition, canStart, reason, reasonCode, start, starting, error } = useKind(name, { key: 'reef' })
  const { job, state, progress, phase, stalled, failure, result, cancel, retry, asking, isLive, isLoading } = useJob(
    { kind: name, key: 'reef' },
    { ticks: false },
  )
  const onStart = async () =>
    setSaid(
      await start({ server: 'reef', lines }, { submittedBy: 'ana' }).then(
        ({ job: { id }, created }) => `${created ? 'new' : 'there'} ${id}`,
      ),
    )
  return h(
    'section',
    { id: 'card' },
    h('button', { type: 'button', id: 'start', disabled: !canStart, onClick: onStart }, 'Start'),
    // Whoever does not look at why may ask all the same.
    h('button', { type: 'button', id: 'start-anyway', onClick: onStart }, 'Start anyway'),
    h('button', { type: 'button', id: 'cancel', onClick: () => cancel({ by: 'ana' }) }, 'Cancel'),
    h('button', { type: 'button', id: 'retry', onClick: () => retry() }, 'Retry'),
    h(
      'dl',
      null,
      ...Object.entries({
        title: kind?.title,
        condition,
        reason,
        reasonCode,
        starting,
        said,
        error: error?.code,
        job: job?.id,
        state,
        phase: phase?.name,
      }).map(([key, value]) => field(key, value)),
      ...Object.entries({
        done: progress?.done,
        total: progress?.total,
        stalled: stalled !== null,
        failure: failure?.message,
        result,
        asking,
        isLive,
        isLoading,
        at: job?.attempts,
      }).map(([key, value]) => field(key, value)),
    ),
  )
}

/** A job by its number, which counts its seconds. */
function Ticking({ id }: { id: number }): ReactNode {
  count('ticking')
  const { state, elapsedMs, heartbeatAgoMs, remaining, result } = useJob<'script'>(id)
  return h(
    'section',
    { id: 'ticking' },
    ...Object.entries({ state, elapsedMs, heartbeatAgoMs, remaining, rows: result?.rows }).map(([key, value]) => field(key, value)),
  )
}

function Log({ id, most }: { id: number; most: number }): ReactNode {
  count('log')
  const { lines, unfinished, hasEarlier, loadEarlier, isFollowing, dropped, error } = useJobLog(id, { stream: ['stdout'], tail: 20, most })
  return h(
    'section',
    { id: 'log' },
    h('button', { type: 'button', id: 'earlier', onClick: loadEarlier, disabled: !hasEarlier }, 'Earlier'),
    ...Object.entries({
      lines: lines.length,
      first: lines[0]?.text,
      last: lines.at(-1)?.text,
      unfinished: unfinished[0]?.text,
      hasEarlier,
      isFollowing,
      dropped,
      error: error?.code,
    }).map(([key, value]) => field(key, value)),
  )
}

function List(): ReactNode {
  count('list')
  const { jobs, hasMore, loadMore, isLoading, error } = useJobs({ kind: 'script', limit: 3 })
  return h(
    'section',
    { id: 'list' },
    h('button', { type: 'button', id: 'more', onClick: loadMore, disabled: !hasMore }, 'More'),
    ...Object.entries({ jobs: jobs.map(({ id, state }) => `${id} ${state}`).join(), hasMore, isLoading, error: error?.code }).map(
      ([key, value]) => field(key, value),
    ),
  )
}

function Going(): ReactNode {
  count('going')
  const { counts, active, isLoading, isLive } = useActivity({ kinds: ['script'] })
  const all = useActivity()
  return h(
    'section',
    { id: 'going' },
    ...Object.entries({
      running: counts.running,
      active: active.map(({ id }) => id).join(),
      all: all.counts.active,
      isLoading,
      isLive,
    }).map(([key, value]) => field(key, value)),
  )
}

function Index(): ReactNode {
  count('index')
  const { artifact, condition, required, current, reasons, want, rollBack, error } = useArtifact('watch-index')
  return h(
    'section',
    { id: 'index' },
    h('button', { type: 'button', id: 'want', onClick: () => want('v2', { by: 'ana' }) }, 'Want v2'),
    h('button', { type: 'button', id: 'back', onClick: () => rollBack() }, 'Roll back'),
    ...Object.entries({ name: artifact?.name, condition, required, current: current?.number, reasons: reasons[0], error: error?.code }).map(
      ([key, value]) => field(key, value),
    ),
  )
}

export interface AppProps {
  /** Names of the parts that are shown. */
  parts: readonly string[]
  job?: number
  most?: number
  lines?: string
}

export function App({ parts, job = 1, most = 50, lines = 'gate start' }: AppProps): ReactNode {
  const all: Record<string, ReactNode> = {
    card: h(Card, { name: 'server', lines }),
    ticking: h(Ticking, { id: job }),
    log: h(Log, { id: job, most }),
    list: h(List),
    going: h(Going),
    index: h(Index),
  }
  return h(StrictMode, null, h(HoldfastProvider, null, ...parts.map((part) => h('div', { key: part }, all[part]))))
}

/** What a page is to show, from its address. */
export function propsOf(search: string): AppProps {
  const asked = new URLSearchParams(search)
  const number = (name: string) => (asked.has(name) ? { [name]: Number(asked.get(name)) } : {})
  return {
    parts: (asked.get('parts') ?? 'card').split(','),
    ...number('job'),
    ...number('most'),
    ...(asked.has('lines') && { lines: asked.get('lines') ?? '' }),
  }
}
