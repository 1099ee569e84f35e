// I5: a job settles once; only a person's retry or resume changes it then. By what was answered, by every look, and by the events in the database. Pure.
import type { Known } from './checker.ts'
import { type Brief, callsOf, type Op } from './history.ts'

export function checkSettled(known: Known): void {
  const retries = Map.groupBy(callsOf(known.ops, 'retry'), ({ asked }) => asked.id)
  const sightings = settledIn(known.ops)
  const mayHaveBeenRetried = (sighting: Sighting, until: number) =>
    (retries.get(sighting.brief.id) ?? []).some((retry) => retry.to >= sighting.from && retry.from <= until && !isRefused(retry))
  checkFinal(known, sightings, (sighting) => mayHaveBeenRetried(sighting, Number.POSITIVE_INFINITY))
  checkLater(known, sightings, mayHaveBeenRetried)
  checkEvents(known)
}

/** The job had settled when the call was answered. */
interface Sighting {
  brief: Brief
  from: number
  to: number
}

function settledIn(ops: readonly Op[]): Sighting[] {
  const answers = [...callsOf(ops, 'finish'), ...callsOf(ops, 'cancel'), ...callsOf(ops, 'retry')]
  return answers.flatMap(({ answer, from, to }) => {
    if (answer === null || answer === 'lost' || answer === 'none' || 'refused' in answer || !settled.has(answer.state)) return []
    return [{ brief: answer, from, to }]
  })
}

const settled: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled', 'interrupted', 'expired'])

function isRefused({ answer }: Op<'retry'>): boolean {
  return answer !== null && 'refused' in answer
}

function checkFinal({ rows, tell }: Known, sightings: readonly Sighting[], wasRetried: (sighting: Sighting) => boolean): void {
  const byId = new Map(rows.jobs.map((job) => [job.id, job]))
  for (const sighting of sightings) {
    const { brief } = sighting
    const row = byId.get(brief.id)
    if (!row || wasRetried(sighting)) continue
    const [before, after] = [brief, row].map(({ state, finishedAt, attempts, version }) =>
      JSON.stringify({ state, finishedAt, attempts, version }),
    )
    if (before !== after) tell('I5', `job ${brief.id} had settled as ${before} and is now ${after}`)
  }
}

function checkLater(
  { ops, tell }: Known,
  sightings: readonly Sighting[],
  mayHaveBeenRetried: (sighting: Sighting, until: number) => boolean,
) {
  const byId = Map.groupBy(sightings, ({ brief }) => brief.id)
  const isSettledBefore = (id: number, { from, to }: Pick<Op, 'from' | 'to'>) =>
    byId.get(id)?.find((sighting) => sighting.to < from && !mayHaveBeenRetried(sighting, to))
  for (const look of callsOf(ops, 'look'))
    for (const [id, state] of look.answer?.jobs ?? []) {
      const before = isSettledBefore(id, look)
      if (before) tell('I5', `job ${id} had settled as ${before.brief.state} and was ${state} later`)
    }
  for (const submit of callsOf(ops, 'submit'))
    for (const one of submit.answer ?? [])
      if ('id' in one && !one.created && isSettledBefore(one.id, submit))
        tell('I2', `a submit was answered with job ${one.id}, which had settled before`)
}

/** submitted, then whatever happens to an active job, one end; after it nothing but a retry or resume. */
function checkEvents({ rows, tell }: Known): void {
  const byJob = Map.groupBy(rows.events, ({ jobId }) => jobId)
  for (const { id, state, attempts } of rows.jobs) {
    const names = (byJob.get(id) ?? []).map(({ name }) => name)
    if (names[0] !== 'submitted') tell('I5', `the first event of job ${id} is ${names[0]}`)
    let isSettled = false
    let again = 0
    for (const name of names) {
      const isAsked = name === 'retry asked' || name === 'resume asked'
      if (isSettled && !isAsked) tell('I5', `${name} happened to job ${id}, which had settled: ${names.join(', ')}`)
      if (name === 'queued again' || (isSettled && isAsked)) again++
      isSettled = settled.has(name)
    }
    if (names.findLast((name) => settled.has(name)) !== state) tell('I5', `job ${id} is ${state}, and its events say ${names.join(', ')}`)
    if (attempts > again + 1) tell('I4', `job ${id} has had ${attempts} attempts, and was queued again ${again} times`)
  }
}
