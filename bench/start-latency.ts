// From `submit` to the command's first instruction, against a bare spawn, and where the time goes. One command at a time on an idle runner.
import { setTimeout as pause } from 'node:timers/promises'
import type { Holdfast, JobDefinition } from 'holdfast'
import { bareSpawn } from './bare-spawn.ts'
import { type FirstInstruction, instant } from './first-instruction.ts'
import { fixed, judged, median, middleHalf, quantile, table } from './report.ts'
import type { StartTrace } from './start-trace.ts'

const targetOverBareMs = 3
const targetNoticedMs = 50
const warmUps = 50
/** Between two rounds, so that what the one leaves to do is not paid by the other. */
const pauseMs = 25

export interface StartBench {
  holdfast: Holdfast
  /** The kind whose command is `first.argv`. */
  kind: JobDefinition
  first: FirstInstruction
  newTrace: () => StartTrace
  folder: string
}

interface Start {
  calledAt: number
  firstAt: number
  endedAt: number
  trace: StartTrace
}

interface SubmittedStart extends Start {
  acknowledgedAt: number
}

export async function reportStarts(bench: StartBench, rounds: number): Promise<void> {
  const bare: Start[] = []
  const ours: SubmittedStart[] = []
  for (let round = -warmUps; round < rounds; round++) {
    const bareStart = await startBare(bench)
    await pause(pauseMs)
    const ourStart = await startOurs(bench)
    await pause(pauseMs)
    if (round < 0) continue
    bare.push(bareStart)
    ours.push(ourStart)
  }
  console.log(`Start of one command on an idle runner, ${rounds} rounds in turns after ${warmUps} to warm up, ms\n`)
  reportTotals(bare, ours)
  console.log(`The stopwatch's own delay, in both arms: p50 ${fixed(await ownDelay(bench.first), 3)} ms.\n`)
  reportSplit(bare, ours)
}

async function startBare({ first, folder, newTrace }: StartBench): Promise<Start> {
  const seen = first.next()
  const trace = newTrace()
  const { calledAt, endedAt } = await bareSpawn(first.argv, folder)
  return { calledAt, endedAt, firstAt: await seen, trace }
}

async function startOurs({ first, holdfast, kind, newTrace }: StartBench): Promise<SubmittedStart> {
  const seen = first.next()
  const trace = newTrace()
  const calledAt = instant()
  const { job } = await holdfast.submit(kind, null)
  const acknowledgedAt = instant()
  const { state, failure } = await holdfast.wait(job.id)
  if (state !== 'succeeded') throw new Error(`job ${job.id} is ${state}: ${failure?.message}`)
  return { calledAt, acknowledgedAt, endedAt: instant(), firstAt: await seen, trace }
}

function reportTotals(bare: readonly Start[], ours: readonly Start[]): void {
  const toFirst = (starts: readonly Start[]) => starts.map((start) => start.firstAt - start.calledAt)
  const toEnd = (starts: readonly Start[]) => starts.map((start) => start.endedAt - start.calledAt)
  // Its first instruction is its last one.
  const toSeen = (starts: readonly Start[]) => starts.map((start) => start.endedAt - start.firstAt)
  const rows = [
    ['bare detached `spawn` of `sh -c`, to first instruction', ...quantiles(toFirst(bare))],
    ['Holdfast, `submit` to first instruction', ...quantiles(toFirst(ours))],
    ['bare, to its end', ...quantiles(toEnd(bare))],
    ['Holdfast, `submit` to settled as `wait` sees it', ...quantiles(toEnd(ours))],
    ['bare, from its last instruction to its end seen', ...quantiles(toSeen(bare))],
    ['Holdfast, from its last instruction to settled as `wait` sees it', ...quantiles(toSeen(ours))],
  ]
  console.log(table(['', 'p50', 'middle half', 'p95', 'p99'], rows))
  const overBare = median(toFirst(ours)) - median(toFirst(bare))
  console.log(`\nOver bare: p50 ${fixed(overBare)} ms; target ≤ ${targetOverBareMs} ms: ${judged(overBare, targetOverBareMs, 'at most')}.`)
  const noticed = median(toSeen(ours))
  console.log(`End noticed: p50 ${fixed(noticed)} ms; target ≤ ${targetNoticedMs} ms: ${judged(noticed, targetNoticedMs, 'at most')}.`)
}

function quantiles(samples: number[]): string[] {
  return [fixed(median(samples)), middleHalf(samples), fixed(quantile(samples, 0.95)), fixed(quantile(samples, 0.99))]
}

async function ownDelay(first: FirstInstruction): Promise<number> {
  const delays: number[] = []
  for (let round = 0; round < 100; round++) delays.push(await first.ownDelay())
  return median(delays)
}

function reportSplit(bare: readonly Start[], ours: readonly SubmittedStart[]): void {
  const steps = ours.map(stepsOf).filter((step) => step !== null)
  const bareSteps: Record<string, number[]> = { [spawnStep]: bare.map(spawnMs), [shellStep]: bare.map(shellMs) }
  const names = [...new Set(steps.flatMap((step) => Object.keys(step)))]
  console.log(`Where the time goes, ${steps.length} of ${ours.length} starts, ms\n`)
  const rows = names.map((name) => [name, bareP50(bareSteps[name]), ...quantiles(steps.map((step) => step[name] ?? Number.NaN))])
  console.log(table(['step', 'bare p50', 'Holdfast p50', 'middle half', 'p95', 'p99'], rows))
}

function bareP50(samples: number[] | undefined): string {
  return samples ? fixed(median(samples)) : ''
}

const spawnStep = '`spawn` itself'
const shellStep = 'from the return of `spawn` to the first instruction'

// Of the transactions that write, the first is the submit's and the claim's, and the first after the spawn records the start, with what is known by then.
// Starts whose claim had a transaction of its own, because the machine stood still just then, are not counted.
function stepsOf(start: SubmittedStart): Record<string, number> | null {
  const { trace, calledAt, acknowledgedAt, firstAt } = start
  const writing = trace.transactions.filter((one) => one.wrote)
  const submit = writing[0]
  const claim = writing.findLast((one) => one.committedAt <= trace.spawnCalledAt)
  const begun = writing.find((one) => one.beganAt >= trace.spawnCalledAt)
  if (!submit || !claim || !begun || claim !== submit) return null
  return {
    'submit: checks, until its transaction begins': submit.beganAt - calledAt,
    'submit and claim: one transaction, synced to the disk': submit.committedAt - submit.beganAt,
    'folder, files, environment, until `spawn` is called': trace.spawnCalledAt - claim.committedAt,
    [spawnStep]: spawnMs(start),
    [shellStep]: shellMs(start),
    '(not on the way) from the commit to the answer of `submit`': acknowledgedAt - submit.committedAt,
    '(not on the way) from the first instruction until start, lines and end are recorded': begun.committedAt - firstAt,
  }
}

function spawnMs({ trace }: Start): number {
  return trace.spawnReturnedAt - trace.spawnCalledAt
}

// Below zero when the command was faster than the return of `spawn`.
function shellMs({ trace, firstAt }: Start): number {
  return firstAt - trace.spawnReturnedAt
}
