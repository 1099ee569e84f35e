// The pulse: signs of life on a time axis that ends now. Only what this page has really seen is drawn; the base line
// begins where that begins.

import { useRef } from 'preact/hooks'
import type { Job, Stream } from '../client/index.ts'
import { roundDuration, sinceThen, time } from './format.ts'
import { isStalled, stallLimitMs } from './job-words.ts'
import type { LogBlock } from './log/log-blocks.ts'

const buckets = 60
/** What is counted together; the finest bucket that is ever drawn. */
const grainMs = 250
const shortestMs = buckets * grainMs
const longestMs = 120_000
const width = 600
const height = 24

export interface PulseProps {
  job: Job
  log: LinesSeen
  now: number
  /** The server is not heard: what is shown is as of `now`. */
  isLost: boolean
}

export function Pulse({ job, log, now, isLost }: PulseProps) {
  const beats = useBeats(job, log)
  const silence = isStalled(job) ? now - lastBeat(job) : 0
  // Silence is shown with as much of what was before it.
  const spanMs = wholeBuckets(silence > 0 ? silence * 2 : Math.min(longestMs, now - beats.since))
  const xAt = (at: number) => Math.max(0, width - ((now - at) / spanMs) * width)
  const known = Math.max(0, Math.min(width, width - ((now - beats.since) / spanMs) * width))
  const last = job.heartbeatAt === null ? 'none so far' : `newest ${sinceThen(now - job.heartbeatAt)}`
  const label = `Signs of life of the last ${roundDuration(spanMs)}; ${last}`
  return (
    <>
      <svg class="pulse" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
        <line class="base" x1={known} x2={width} y1={height - 0.5} y2={height - 0.5} />
        {ticksOf(beats.grains, now, spanMs).map(({ x, size }) => (
          <line key={x} x1={x} x2={x} y1={height - 1 - size * (height - 3)} y2={height - 1} />
        ))}
        {silence > 0 && (
          <>
            <rect class="silence" x={xAt(lastBeat(job))} y={0} width={width - xAt(lastBeat(job))} height={height} />
            <line
              class="limit"
              x1={xAt(lastBeat(job) + stallLimitMs(job))}
              x2={xAt(lastBeat(job) + stallLimitMs(job))}
              y1={-3}
              y2={height}
            />
          </>
        )}
      </svg>
      <div class="axis">
        <span>
          {roundDuration(spanMs)} {isLost ? 'before' : 'ago'}
        </span>
        <span>
          {roundDuration(spanMs / 2)} {isLost ? 'before' : 'ago'}
        </span>
        <span>{isLost ? time(now, now) : 'now'}</span>
      </div>
    </>
  )
}

/** What is known of its lines. */
export interface LinesSeen {
  loaded: { readonly value: boolean }
  hasEarlier: { readonly value: boolean }
  blocks: { readonly value: LogBlock[] }
}

/** Where nothing was read, signs are counted as they come. */
export const noLines: LinesSeen = { loaded: { value: false }, hasEarlier: { value: true }, blocks: { value: [] } }

/** Ticks stand where their time is only if a bucket has a whole number of grains. */
function wholeBuckets(spanMs: number): number {
  return Math.max(1, Math.ceil(spanMs / shortestMs)) * shortestMs
}

function lastBeat({ heartbeatAt, startedAt, submittedAt, waitedAt }: Job): number {
  return Math.max(heartbeatAt ?? startedAt ?? submittedAt, waitedAt ?? 0)
}

interface Beats {
  /** How many signs came in each grain of time. */
  grains: Map<number, number>
  /** Since when every sign was seen. */
  since: number
  lastSeq: number
}

/** Counts each line of the job once as it comes, and each beat that brought no line. Our own lines are no sign of its life. */
function useBeats(job: Job, log: LinesSeen): Beats {
  const kept = useRef<Beats>({ grains: new Map(), since: Date.now(), lastSeq: 0 })
  const beats = kept.current
  if (log.loaded.value && beats.lastSeq === 0) beats.since = Math.min(beats.since, knownSince(job, log))
  for (const block of log.blocks.value.toReversed()) {
    if ((block.lines.at(-1)?.seq ?? 0) <= beats.lastSeq) break
    for (const line of block.lines) if (line.seq > beats.lastSeq && isSign(line.stream, job)) add(beats.grains, line.at)
  }
  beats.lastSeq = Math.max(beats.lastSeq, log.blocks.value.at(-1)?.lines.at(-1)?.seq ?? 0)
  if (job.heartbeatAt !== null && !beats.grains.has(grainOf(job.heartbeatAt))) add(beats.grains, job.heartbeatAt)
  for (const grain of beats.grains.keys()) if (grain < grainOf(lastBeat(job) - longestMs - 10_000)) beats.grains.delete(grain)
  return beats
}

function isSign(stream: Stream, { stall }: Job): boolean {
  return stream !== 'system' && stall?.heartbeats !== 'explicit'
}

/** Before the first line of the page nothing is known, unless that is the job's first line. */
function knownSince(job: Job, log: LinesSeen): number {
  const first = log.blocks.value[0]?.lines[0]?.at
  return (log.hasEarlier.value ? first : job.startedAt) ?? Date.now()
}

function grainOf(at: number): number {
  return Math.floor(at / grainMs)
}

function add(grains: Map<number, number>, at: number): void {
  grains.set(grainOf(at), (grains.get(grainOf(at)) ?? 0) + 1)
}

/** One tick a bucket; its height is how much came, in three steps. Buckets are cut at fixed times, so that ticks move along instead of flickering. */
function ticksOf(grains: Map<number, number>, now: number, spanMs: number): { x: number; size: number }[] {
  const grainsInBucket = Math.max(1, Math.round(spanMs / shortestMs))
  const newest = Math.floor(grainOf(now) / grainsInBucket)
  const totals = new Map<number, number>()
  for (const [grain, total] of grains) {
    const bucket = Math.min(newest, Math.floor(grain / grainsInBucket))
    if (bucket > newest - buckets) totals.set(bucket, (totals.get(bucket) ?? 0) + total)
  }
  const most = Math.max(1, ...totals.values())
  return [...totals].map(([bucket, total]) => ({
    x: ((bucket - newest + buckets - 0.5) * width) / buckets,
    size: total * 3 > most * 2 ? 1 : total * 3 > most ? 0.6 : 0.35,
  }))
}
