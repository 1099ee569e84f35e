// I2 and I3: who ran at the same time, by what was certainly so and by every look at all active jobs at once. Queue limits too.
import type { Lock } from '../../../src/core/job.ts'
import type { Known } from './checker.ts'
import { callsOf, type Facts } from './history.ts'
import { type Holding, holdingsIn } from './holdings.ts'
import { changingKey, limitedKey, limitedQueue } from './world.ts'

export function checkKeys(known: Known): void {
  const holdings = holdingsIn(known.ops, known.facts)
  checkHeldKeys(known, holdings)
  checkUniqueKeys(known, holdings)
  for (const look of callsOf(known.ops, 'look')) if (look.answer) checkLook(known, look.answer.jobs)
}

function checkHeldKeys({ tell }: Known, holdings: readonly Holding[]): void {
  const wishes = holdings.flatMap((holding) => holding.facts.locks.map((lock) => ({ holding, lock })))
  for (const [key, ofKey] of Map.groupBy(wishes, ({ lock }) => lock.key)) {
    const modeOf = new Map(ofKey.map(({ holding, lock }) => [holding, lock.mode]))
    eachMoment([...modeOf.keys()], (together) => {
      const conflict = conflictOn(
        key,
        together.map((one) => modeOf.get(one) ?? 'shared'),
      )
      if (conflict) tell('I3', `${namesOf(together)} ran at the same time with the lock key ${key}: ${conflict}`)
    })
  }
}

function checkUniqueKeys({ tell }: Known, holdings: readonly Holding[]): void {
  const unique = holdings.filter(({ facts }) => facts.unique !== null)
  for (const [key, ofKey] of Map.groupBy(unique, ({ facts }) => `${facts.kind} ${facts.unique}`))
    eachMoment(ofKey, (together) => {
      if (together.length > 1) tell('I2', `${namesOf(together)} ran at the same time with the unique key ${key}`)
    })
}

/** Calls back at each begin, with all that ran then. */
function eachMoment(holdings: readonly Holding[], look: (together: Holding[]) => void): void {
  let running: Holding[] = []
  for (const holding of holdings.toSorted((a, b) => a.from - b.from)) {
    running = [...running.filter(({ until }) => until > holding.from), holding]
    if (running.length > 1) look(running)
  }
}

function namesOf(holdings: readonly Holding[]): string {
  return holdings.map(({ facts, attempt, from, until }) => `${facts.id}-${attempt} (${from}…${until})`).join(' and ')
}

function conflictOn(key: string, modes: readonly Lock['mode'][]): string | null {
  if (modes.length > 1 && modes.includes('exclusive')) return 'one of them is exclusive'
  const limited = [limitedKey, changingKey].find((one) => one.key === key)
  return limited && modes.length > limited.limit ? `more than ${limited.limit}` : null
}

type Seen = [id: number, state: string, hold: string, attempts: number]

function checkLook({ facts, tell }: Known, jobs: readonly Seen[]): void {
  const of = (isWanted: (state: string) => boolean) => jobs.flatMap(([id, state]) => (isWanted(state) ? (facts.get(id) ?? []) : []))
  const running = of((state) => state !== 'queued')
  const inQueue = running.filter(({ queue }) => queue === limitedQueue.queue)
  if (inQueue.length > limitedQueue.concurrency) tell('queue limit', `${ids(inQueue)} were all running in ${limitedQueue.queue}`)
  checkOneEach(running, (key, same) => tell('I2', `${ids(same)} were all running with the unique key ${key}`))
  checkOneEach(
    of((state) => state === 'queued'),
    (key, same) => tell('I2', `${ids(same)} were all queued with the unique key ${key}`),
  )
  const held = running.flatMap((job) => job.locks.map((lock) => ({ ...lock, job })))
  for (const [key, holders] of Map.groupBy(held, (lock) => lock.key)) {
    const conflict = conflictOn(
      key,
      holders.map(({ mode }) => mode),
    )
    if (conflict) tell('I3', `${ids(holders.map(({ job }) => job))} were all running with the lock key ${key}: ${conflict}`)
  }
}

function checkOneEach(jobs: readonly Facts[], tell: (key: string, same: Facts[]) => void): void {
  const unique = jobs.filter((job) => job.unique !== null)
  for (const [key, same] of Map.groupBy(unique, (job) => `${job.kind} ${job.unique}`)) if (same.length > 1) tell(key, same)
}

function ids(jobs: readonly Facts[]): string {
  return jobs.map(({ id }) => id).join(', ')
}
