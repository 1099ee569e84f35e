// I1 and I7, and what must be left of everything once it has come to rest: rows against what was answered. Pure.
import type { Known } from './checker.ts'
import type { FinalRows } from './final-rows.ts'
import { callsOf } from './history.ts'

export function checkRows(known: Known): void {
  checkSubmitted(known)
  checkStarted(known)
  checkLogs(known)
  const states = new Map(known.rows.jobs.map(({ id, state }) => [id, state]))
  for (const what of known.rows.leftovers) known.tell('I13', what)
  for (const { jobId, key } of known.rows.locks)
    known.tell('I13', `job ${jobId}, which is ${states.get(jobId)}, is still in the line of ${key} or holds it`)
  for (const { id, state, finishedAt } of known.rows.jobs) {
    const expireAt = known.facts.get(id)?.expireAt ?? null
    if (state === 'expired' && expireAt !== null && (finishedAt === null || finishedAt < expireAt))
      known.tell('I1', `job ${id} expired at ${finishedAt}, when it might have waited until ${expireAt}`)
  }
}

const active: ReadonlySet<string> = new Set(['queued', 'running', 'stopping'])

function checkSubmitted({ ops, rows, tell }: Known): void {
  const byId = new Map(rows.jobs.map((job) => [job.id, job]))
  const isPruned = prunedIn({ ops })
  const created = new Set<number>()
  for (const { asked, answer, process } of callsOf(ops, 'submit')) {
    for (const [index, one] of (answer ?? []).entries()) {
      if (!('id' in one)) continue
      const wanted = asked[index]
      if (!byId.has(one.id) && !isPruned(one.id)) tell('I1', `job ${one.id} was acknowledged to ${process} and is not there`)
      if (one.kind !== wanted?.kind || one.unique !== wanted.unique)
        tell('I2', `a submit of ${wanted?.kind} ${wanted?.unique} was answered with job ${one.id} of ${one.kind} ${one.unique}`)
      if (one.created && created.has(one.id)) tell('I1', `job ${one.id} was acknowledged as new twice`)
      if (one.created) created.add(one.id)
    }
  }
  for (const { id, state } of rows.jobs) if (active.has(state)) tell('I1', `job ${id} is still ${state}`)
}

/** A call that a kill cut off may have removed jobs that nobody was told of: of those, only one that settled otherwise must be there. */
function prunedIn({ ops }: Pick<Known, 'ops'>): (id: number) => boolean {
  const prunes = callsOf(ops, 'prune')
  const removed = new Set(prunes.flatMap(({ answer }) => answer ?? []))
  const unanswered = new Set<string>(prunes.filter(({ answer }) => answer === null).map(({ asked }) => asked.state))
  const endedAs = new Map<number, string>()
  for (const { asked, answer } of [...callsOf(ops, 'finish'), ...callsOf(ops, 'cancel')].sort((a, b) => a.to - b.to))
    if (answer !== null && typeof answer === 'object' && !active.has(answer.state)) endedAs.set(asked.id, answer.state)
  return (id) => removed.has(id) || (unanswered.size > 0 && (!endedAs.has(id) || unanswered.has(endedAs.get(id) ?? '')))
}

function checkStarted({ ops, rows, tell }: Known): void {
  for (const { answer, process } of callsOf(ops, 'claim'))
    for (const { id, availableAt, wallAt } of answer ?? [])
      if (wallAt < availableAt) tell('a delay holds', `job ${id} was given to ${process} ${availableAt - wallAt} ms before its time`)
  const byId = new Map(rows.jobs.map((job) => [job.id, job]))
  for (const { jobId, needs, told } of rows.dependencies) {
    if (told !== 1) tell('I1', `job ${jobId} was never told what became of job ${needs}`)
    const state = byId.get(needs)?.state
    if ((byId.get(jobId)?.attempts ?? 0) > 0 && state !== 'succeeded')
      tell('after', `job ${jobId} was started, and job ${needs}, which must succeed first, is ${state}`)
  }
}

function checkLogs({ rows, tell }: Known): void {
  const byJob = Map.groupBy(rows.blocks, ({ jobId }) => jobId)
  for (const { id, logLines } of rows.jobs) {
    const blocks = byJob.get(id) ?? []
    let next = 1
    for (const { firstSeq, lineCount } of blocks) {
      if (firstSeq !== next) tell('I7', `job ${id} has line ${firstSeq} where ${next} belongs`)
      next = firstSeq + lineCount
    }
    if (logLines !== next - 1) tell('I7', `job ${id} counts ${logLines} lines, and has ${next - 1}`)
    checkBytes(blocks, (what) => tell('I7', `job ${id}: ${what}`))
  }
}

function checkBytes(blocks: FinalRows['blocks'], tell: (what: string) => void): void {
  const files = Map.groupBy(
    blocks.filter(({ body }) => body === null),
    ({ attempt, stream }) => `attempt ${attempt}, stream ${stream}`,
  )
  for (const [name, own] of files) {
    let next = 0
    for (const { from, bytes } of own) {
      if (from !== next) tell(`${name} goes on at byte ${from} where ${next} belongs`)
      next = from + bytes
    }
  }
}
