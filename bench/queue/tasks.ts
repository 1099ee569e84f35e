// What a measured process can be asked for. Every task is bounded by time, so that slow systems do fewer jobs instead of taking longer.
import { setTimeout as pause } from 'node:timers/promises'
import { quantile } from '../report.ts'
import { instant, type MeasuredSystem } from './measured-system.ts'

export interface Rate {
  count: number
  seconds: number
}
export interface Latency {
  samples: number
  p50: number
  p99: number
}
export interface Answers {
  ready: object
  submit: Rate & Latency
  submitBatches: Rate
  fill: Rate
  drain: Rate
  startWork: object
  stopWork: Latency
  submitSpaced: object
  close: object
}
export type Task =
  | { do: 'submit'; lanes: number; seconds: number }
  | { do: 'submitBatches'; size: number; seconds: number }
  | { do: 'fill'; count: number }
  | { do: 'drain'; concurrency: number; count: number; seconds: number }
  | { do: 'startWork'; concurrency: number }
  | { do: 'stopWork' }
  | { do: 'submitSpaced'; count: number; seconds: number }
  | { do: 'close' }

const batchSize = 1_000
const warmUpSubmits = 200
const spacingMs = 20

export function tasks(system: MeasuredSystem): (task: Task) => Promise<Answers[Task['do']]> {
  const pickups: number[] = []
  let worker: { stop(): Promise<void> } | null = null

  return async (task) => {
    switch (task.do) {
      case 'submit':
        return await submitInLanes(system, task)
      case 'submitBatches':
        return await submitBatches(system, task)
      case 'fill':
        return await fill(system, task.count)
      case 'drain':
        return await drain(system, task)
      case 'startWork': {
        const onStart = (sentAt: number) => pickups.push(instant() - sentAt)
        worker = await system.work({ concurrency: task.concurrency, onStart })
        return {}
      }
      case 'stopWork':
        await worker?.stop()
        return latencyOf(pickups)
      case 'submitSpaced':
        return await submitSpaced(system, task)
      case 'close':
        await system.close()
        return {}
    }
  }
}

async function submitInLanes(system: MeasuredSystem, { lanes, seconds }: { lanes: number; seconds: number }): Promise<Rate & Latency> {
  for (let done = 0; done < warmUpSubmits; done++) await system.submit(instant())
  const samples: number[] = []
  const from = instant()
  const until = from + seconds * 1_000
  const lane = async () => {
    for (let sentAt = instant(); sentAt < until; sentAt = instant()) {
      await system.submit(sentAt)
      samples.push(instant() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return { count: samples.length, seconds: (instant() - from) / 1_000, ...latencyOf(samples) }
}

async function submitBatches(system: MeasuredSystem, { size, seconds }: { size: number; seconds: number }): Promise<Rate> {
  await system.submitBatch(size)
  const from = instant()
  let count = 0
  for (; instant() < from + seconds * 1_000; count += size) await system.submitBatch(size)
  return { count, seconds: (instant() - from) / 1_000 }
}

async function fill(system: MeasuredSystem, count: number): Promise<Rate> {
  const from = instant()
  for (let done = 0; done < count; done += batchSize) await system.submitBatch(Math.min(batchSize, count - done))
  return { count, seconds: (instant() - from) / 1_000 }
}

// From the start of the first handler until `count` are settled, as the system's own tables tell it, or the time is over. Looked for inside the
// handler and without a timer: plainjob's loop lets no timer fire while jobs wait.
async function drain(system: MeasuredSystem, options: { concurrency: number; count: number; seconds: number }): Promise<Rate> {
  const before = await system.unsettled()
  const enough = Promise.withResolvers<void>()
  let started = 0
  let from = 0
  const isLate = () => instant() - from > options.seconds * 1_000
  const onStart = () => {
    if (started++ === 0) from = instant()
    if (started >= options.count || isLate()) enough.resolve()
  }
  const worker = await system.work({ concurrency: options.concurrency, onStart })
  await enough.promise
  let left = await system.unsettled()
  while (left > before - options.count && !isLate()) left = await system.unsettled()
  const seconds = (instant() - from) / 1_000
  await worker.stop()
  return { count: before - left, seconds }
}

// With a random gap, so that it meets no rhythm of the other side.
async function submitSpaced(system: MeasuredSystem, { count, seconds }: { count: number; seconds: number }): Promise<object> {
  const until = instant() + seconds * 1_000
  for (let done = 0; done < count && instant() < until; done++) {
    await pause(spacingMs * (0.5 + Math.random()))
    await system.submit(instant())
  }
  while ((await system.unsettled()) > 0) await pause(spacingMs)
  return {}
}

function latencyOf(samples: readonly number[]): Latency {
  return { samples: samples.length, p50: quantile(samples, 0.5), p99: quantile(samples, 0.99) }
}
