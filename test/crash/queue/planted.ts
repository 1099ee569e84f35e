// A small history in which everything is right, made by hand, for faults to be planted in.
import type { JobState, Lock } from '../../../src/core/job.ts'
import type { FinalJob, FinalRows } from './final-rows.ts'
import type { Brief, CallName, Calls, Facts, Held, Op } from './history.ts'

export interface Story {
  ops: Op[]
  rows: FinalRows
  /** A call that takes half a moment; the next one begins a moment later. Answer null: it was cut off. */
  say<N extends CallName>(name: N, asked: Calls[N]['asked'], answer: Calls[N]['answer'] | null): Op<N>
  submit(facts: Facts): void
  claim(facts: Facts, token?: number): Held
  /** Begun, and its end. */
  run(held: Held, state?: JobState): void
  look(jobs: [id: number, state: JobState, hold?: 'ready' | 'key'][], fresh?: Facts[]): void
  /** Lines of the log that the answered calls left. */
  log(held: Held, line: string): void
}

const momentUs = 100

export function factsFor(id: number, given: Partial<Facts> = {}): Facts {
  return { id, kind: 'scan', queue: 'default', unique: null, priority: 0, locks: [], mostAttempts: 1, expireAt: null, ...given }
}

export function exclusive(key: string): Lock[] {
  return [{ key, mode: 'exclusive' }]
}

export function shared(key: string): Lock[] {
  return [{ key, mode: 'shared' }]
}

export function newStory(): Story {
  const ops: Op[] = []
  const rows: FinalRows = { jobs: [], attempts: [], blocks: [], events: [], locks: [], checkpoints: [], dependencies: [], leftovers: [] }
  const rowOf = (id: number) => rows.jobs.find((job) => job.id === id)!
  let now = 0
  const story: Story = {
    ops,
    rows,
    say(name, asked, answer) {
      now += momentUs
      const op = { process: 'worker', name, asked, from: now, to: now + momentUs / 2, answer, threw: null }
      ops.push(op)
      return op
    },
    submit(facts) {
      const { id, kind, unique } = facts
      story.say('submit', [{ kind, unique }], [{ id, created: true, kind, unique }])
      const row: FinalJob = { ...facts, state: 'queued', attempts: 0, version: 1, finishedAt: null, logLines: 0 }
      rows.jobs.push(row)
      rows.events.push({ jobId: id, name: 'submitted' })
    },
    claim(facts, token = 1) {
      const row = rowOf(facts.id)
      row.attempts++
      const held = { id: facts.id, attempt: row.attempts, token }
      rows.attempts.push({ jobId: held.id, attempt: held.attempt, state: 'starting' })
      story.say('claim', { limit: 1 }, [{ ...held, facts, availableAt: 0, wallAt: now }])
      return held
    },
    run(held, state = 'succeeded') {
      story.say('start', { id: held.id, attempt: held.attempt }, true)
      const begun = `begun ${held.id}-${held.attempt}`
      story.say('begun', { ...held, line: begun }, 'ok')
      story.log(held, begun)
      const row = Object.assign(rowOf(held.id), { state, version: held.token + 2, finishedAt: now })
      const line = `end ${held.id}-${held.attempt}`
      story.log(held, line)
      story.say('finish', { ...held, line, end: state === 'failed' ? 'badly' : 'well', said: null }, briefOf(row, held.token))
      rows.events.push({ jobId: held.id, name: 'started' }, { jobId: held.id, name: state })
    },
    look(jobs, fresh = []) {
      const seen = jobs.map(([id, state, hold = 'ready']) => [id, state, hold, 0] as [number, JobState, typeof hold, number])
      story.say('look', null, { jobs: seen, fresh })
    },
    log({ id, attempt }, body) {
      const row = rowOf(id)
      row.logLines++
      rows.blocks.push({ jobId: id, firstSeq: row.logLines, lineCount: 1, attempt, stream: 3, from: row.logLines - 1, bytes: 1, body })
    },
  }
  return story
}

export function briefOf({ id, state, attempts, version, finishedAt }: FinalJob, token: number): Brief {
  return { id, state, attempts, excused: 0, token, version, finishedAt }
}
