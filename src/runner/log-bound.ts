// Keeps a job's log and its events file within their bounds while it runs: what is too much is taken out of the middle, in the store first, on the disk then.
// Level-triggered from what is stored: whatever was not done before a kill is done by the next runner.
import { join } from 'node:path'
import { limits } from '../core/limits.ts'
import { dropStepBytes, sizeWords } from '../core/log-bound.ts'
import type { Claimed, JobRecord, Observation } from '../store/store.ts'
import type { House } from './house.ts'
import { gapsOf } from './log-gaps.ts'

export interface LogBound {
  /** There is more to be taken out, although nothing new has come. */
  isDue(job: JobRecord): boolean
  /** With what was seen there may be something to take out or to tell. */
  isPassed(seen: Observation, before: JobRecord): boolean
  /** What was seen, with what the bound asks for. */
  added(seen: Observation, before: JobRecord): Promise<Observation>
  /** After it was stored. */
  stored(seen: Observation, before: JobRecord, now: JobRecord): Promise<void>
}

export function openLogBound(house: House, { job, attempt }: Claimed): LogBound {
  const { logBytes } = job.spec
  const mostBytes = logBytes + dropStepBytes(logBytes)
  const punching = openPunching(house, { folder: join(house.folder.attempts, attempt.folder), stepBytes: dropStepBytes(logBytes) })
  let canPunch: boolean | null = null
  let eventsBytes = attempt.eventsBytes
  /** Nothing could be taken out of a log of so many bytes: all of it is the beginning. */
  let stuckAt = -1

  const hasManyEvents = (seen: Observation) => (seen.eventsBytes ?? 0) > limits.eventsKeptBytes
  const isPassed = (seen: Observation, before: JobRecord) => bytesAfter(seen, before) > logBytes || hasManyEvents(seen)

  async function added(seen: Observation, before: JobRecord): Promise<Observation> {
    if (!isPassed(seen, before)) return seen
    const bytes = bytesAfter(seen, before)
    canPunch ??= (await house.launcher.facilities()).punchesHoles
    if (canPunch) return bytes > mostBytes ? { ...seen, keepBytes: logBytes } : seen
    // Told where the bound is passed, and nowhere else: what was seen before is stored.
    const notes = [...(seen.notes ?? [])]
    if (before.logKept.bytes <= logBytes && bytes > logBytes && job.spec.logLimit === 'warn') notes.push(goesOnWords(logBytes))
    if (eventsBytes <= limits.eventsKeptBytes && hasManyEvents(seen)) notes.push(eventsWords)
    return { ...seen, notes }
  }

  async function stored(seen: Observation, before: JobRecord, now: JobRecord): Promise<void> {
    eventsBytes = seen.eventsBytes ?? eventsBytes
    if (seen.keepBytes !== undefined) {
      stuckAt = now.logKept.bytes >= before.logKept.bytes && seen.blocks.length === 0 ? now.logKept.bytes : -1
      punching.log(now)
    }
    if (eventsBytes >= limits.punchBytes) {
      canPunch ??= (await house.launcher.facilities()).punchesHoles
      if (canPunch) punching.events(eventsBytes)
    }
    if (canPunch === false && job.spec.logLimit === 'stop' && now.state === 'running' && now.logKept.bytes > logBytes) await askStop()
  }

  async function askStop(): Promise<void> {
    const why = `wrote a log longer than ${sizeWords(logBytes)}`
    await house.store.jobs.askStop({ id: job.id, by: null, reason: 'limit', leaseToken: job.leaseToken, why, now: house.clock.now() })
  }

  return {
    // Also where nobody has asked yet whether it can be: an earlier runner died before it took out what it had stored.
    isDue: ({ logKept }) => canPunch !== false && logKept.middle !== null && logKept.bytes > mostBytes && logKept.bytes !== stuckAt,
    isPassed,
    added,
    stored,
  }
}

function bytesAfter({ blocks }: Observation, { logKept }: JobRecord): number {
  return logKept.bytes + blocks.reduce((sum, block) => sum + block.byteLength, 0)
}

function goesOnWords(logBytes: number): string {
  return `the log is longer than ${sizeWords(logBytes)} and all of it is kept: this disk cannot take the middle out of a file that is being written`
}

const eventsWords = `the events file is longer than ${sizeWords(limits.eventsKeptBytes)}: this disk cannot take out what was read of it`

// Never waited for: the disk may be slow, and the log goes on. What comes meanwhile is done in one go after it.
function openPunching(house: House, { folder, stepBytes }: { folder: string; stepBytes: number }) {
  const punched = new Map<string, number>()
  let wanted: JobRecord | null = null
  let isAtWork = false
  let eventsTo = 0

  async function work(): Promise<void> {
    for (let job = wanted; job !== null && !house.closing.aborted; job = wanted) {
      wanted = null
      for (const { files, stream, from, to } of await gapsOf(house, job)) {
        const place = { folder: join(house.folder.attempts, files.folder), file: stream, sealed: files.sealed }
        const key = `${files.attempt}/${stream}/${files.sealed}`
        const start = Math.max(from, punched.get(key) ?? from)
        if (to - start < stepBytes / 2) continue
        if (await house.launcher.punch(place, { from: start, to })) punched.set(key, to)
      }
    }
  }

  return {
    log(job: JobRecord) {
      wanted = job
      if (isAtWork) return
      isAtWork = true
      work()
        .catch((error) => house.logger.warn(`could not shorten the log of job ${job.id}: ${error}`))
        .finally(() => {
          isAtWork = false
        })
    },
    events(bytes: number) {
      // Written with > it begins anew.
      if (bytes < eventsTo) eventsTo = 0
      if (bytes - eventsTo < limits.punchBytes) return
      const from = eventsTo
      eventsTo = bytes
      house.launcher.punch({ folder, file: 'events', sealed: 0 }, { from, to: bytes }).catch(() => undefined)
    },
  }
}
