// What a function in the runner's process writes and says, gathered for a moment and stored in fenced batches: nothing of it is in any file.
import type { JobFlag } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { maskSaid } from '../core/mask-said.ts'
import { type Heard, heard, parseEvent } from '../core/progress.ts'
import type { Claimed, Observation } from '../store/store.ts'
import type { House } from './house.ts'
import { inlineLog } from './inline-log.ts'
import type { LeaseLostError } from './log-writer.ts'
import { patientObserver } from './patient-observer.ts'

export interface InlineWriter {
  write(stream: 'stdout' | 'stderr', text: string): void
  /** An event as of the events file. */
  say(event: object): void
  /** Shown beside the job's state from now on. */
  flag(flags: readonly JobFlag[]): void
  /** Resolves when all that was written and said so far is stored. */
  stored(): Promise<void>
  /** Stores all that there is. */
  flushed(): Promise<Claimed>
  /** What is not stored yet, to be stored with the end. */
  rest(): Promise<{ claimed: Claimed; seen: Observation }>
}

/** `lost` is told when a fence refuses: from then on nothing is written. */
export function openInlineWriter(house: House, claimed: Claimed, lost: (error: LeaseLostError) => void): InlineWriter {
  const { clock } = house
  const observer = patientObserver(house, claimed, lost)
  const log = inlineLog()
  const ending = new AbortController()
  let storing: Promise<void> | null = null
  let isMore = false
  let { progress } = claimed.job
  let said: Heard & { flags?: readonly JobFlag[] } = {}
  let notes = [`attempt ${claimed.attempt.attempt} started in the runner's process, pid ${process.pid}`]

  // A function may say a thousand things in one turn.
  function gathered(): void {
    isMore = true
    storing ??= storeWhileMore()
    // Whoever waits for the end is told.
    storing.catch(() => undefined)
  }

  async function storeWhileMore(): Promise<void> {
    while (isMore) {
      await clock.sleep(limits.logFlushMs, ending.signal).catch(() => undefined)
      if (ending.signal.aborted) return
      await observer.store(take())
    }
    storing = null
  }

  function take(): Observation {
    const now = clock.now()
    const blocks = log.take(now)
    // That it cannot be stopped is no sign of life.
    const { flags: _, ...own } = said
    const isAlive = blocks.length > 0 || Object.keys(own).length > 0
    const seen = { blocks, notes, ...said, ...(isAlive ? { heartbeatAt: now } : {}) }
    said = {}
    notes = []
    isMore = false
    return seen
  }

  async function takeLast(): Promise<Observation> {
    ending.abort()
    await storing
    notes.push(...log.dropped())
    return take()
  }

  return {
    write(stream, text) {
      log.add(stream, house.masks?.now()?.text(text) ?? text)
      gathered()
    },
    say(event) {
      const now = clock.now()
      const one = parseEvent(JSON.stringify({ ...event, at: now }))
      if (one === null) return
      const mask = house.masks?.now()
      said = { ...said, ...heard(mask ? maskSaid(mask, [one]) : [one], progress, now) }
      progress = said.progress ?? progress
      gathered()
    },
    flag(flags) {
      said = { ...said, flags }
      gathered()
    },
    stored() {
      gathered()
      return storing ?? Promise.resolve()
    },
    async flushed() {
      const seen = await takeLast()
      await observer.store(seen)
      return observer.with({ blocks: [] })
    },
    async rest() {
      const seen = await takeLast()
      return { claimed: observer.with(seen), seen }
    },
  }
}
