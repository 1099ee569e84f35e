// How everything stands as Prometheus reads it. The library is loaded by the first scrape; numbers are looked up by each. Knows no route.
import type { Gauge, Registry } from 'prom-client'
import type { Holdfast, Summary } from '../supervisor/holdfast.ts'
import { version } from './version.ts'

export interface Metrics {
  contentType: string
  text: string
}

/** Names and meanings stay; docs/reference/http.md has them. */
const gauges = {
  holdfast_jobs: { help: 'Jobs that are kept, by state', labels: ['state'] },
  holdfast_queue_jobs: { help: 'Queued and running jobs, by queue', labels: ['queue', 'state'] },
  holdfast_queue_paused: { help: '1 while nothing more of the queue is started', labels: ['queue'] },
  holdfast_stalled_jobs: { help: 'Running jobs that have given no sign of life for longer than they may', labels: [] },
  holdfast_oldest_queued_seconds: {
    help: 'How long the ready job waits that has waited longest, of those that are first in their line',
    labels: [],
  },
  holdfast_last_finished_timestamp_seconds: { help: 'When the last job settled; 0: none has', labels: [] },
  holdfast_artifacts_required: { help: 'Artifacts that are not what is wanted and that nobody builds', labels: [] },
  holdfast_runners_alive: { help: 'Programs that look after jobs', labels: [] },
  holdfast_degraded: { help: '1 while something keeps Holdfast from writing down what happens', labels: [] },
  holdfast_info: { help: 'Always 1; the version is in the label', labels: ['version'] },
} as const

type Name = keyof typeof gauges
type Sample = [name: Name, value: number, labels?: Record<string, string>]

export function metricsOf(holdfast: Holdfast): () => Promise<Metrics> {
  let opened: Promise<Opened> | undefined
  return async () => {
    opened ??= open()
    const [{ registry, byName }, samples] = await Promise.all([opened, look(holdfast)])
    // A queue that is gone must not be told for ever.
    for (const gauge of byName.values()) gauge.reset()
    for (const [name, value, labels] of samples) byName.get(name)?.set(labels ?? {}, value)
    return { contentType: registry.contentType, text: await registry.metrics() }
  }
}

interface Opened {
  registry: Registry
  byName: ReadonlyMap<string, Gauge>
}

/** A registry of our own: the app we live in has its own metrics. */
async function open(): Promise<Opened> {
  const { Gauge, Registry, collectDefaultMetrics } = await import('prom-client')
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const made = Object.entries(gauges).map(
    ([name, { help, labels }]) => [name, new Gauge({ name, help, labelNames: [...labels], registers: [registry] })] as const,
  )
  return { registry, byName: new Map(made) }
}

async function look(holdfast: Holdfast): Promise<Sample[]> {
  const [summary, queues, runners] = await Promise.all([holdfast.summary(), holdfast.queues.list(), holdfast.runners()])
  return [
    ...states(summary),
    ...queues.flatMap(({ queue, queued, running, pausedAt }): Sample[] => [
      ['holdfast_queue_jobs', queued, { queue, state: 'queued' }],
      ['holdfast_queue_jobs', running, { queue, state: 'running' }],
      ['holdfast_queue_paused', pausedAt === null ? 0 : 1, { queue }],
    ]),
    ['holdfast_stalled_jobs', summary.stalled],
    ['holdfast_oldest_queued_seconds', summary.oldestQueuedAt === null ? 0 : Math.max(0, Date.now() - summary.oldestQueuedAt) / 1_000],
    ['holdfast_last_finished_timestamp_seconds', (summary.lastFinishedAt ?? 0) / 1_000],
    ['holdfast_artifacts_required', summary.required],
    ['holdfast_runners_alive', runners.filter(({ isAlive }) => isAlive).length],
    ['holdfast_degraded', summary.degraded === null ? 0 : 1],
    ['holdfast_info', 1, { version }],
  ]
}

function states({ queued, running, stopping, succeeded, failed, cancelled, interrupted, expired }: Summary): Sample[] {
  const counts = { queued, running, stopping, succeeded, failed, cancelled, interrupted, expired }
  return Object.entries(counts).map(([state, jobs]) => ['holdfast_jobs', jobs, { state }])
}
