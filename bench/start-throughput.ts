// Short commands per second at concurrency 2: bare spawns against jobs, in turns.
import { setTimeout as pause } from 'node:timers/promises'
import type { Holdfast, JobDefinition } from 'holdfast'
import { bareSpawn } from './bare-spawn.ts'
import { instant } from './first-instruction.ts'
import { fixed, judged, median, table } from './report.ts'

const targetRatio = 0.6
const turns = 5
const pauseMs = 100

export interface ThroughputBench {
  /** With a runner of two slots. */
  holdfast: Holdfast
  kind: JobDefinition
  folder: string
}

export async function reportThroughput({ holdfast, kind, folder }: ThroughputBench, commands: number): Promise<void> {
  const argv: [string, ...string[]] = ['/bin/sh', '-c', 'echo hello']
  const bare: number[] = []
  const drained: number[] = []
  const waited: number[] = []
  for (let turn = 0; turn < turns; turn++) {
    bare.push(await perSecond(commands, () => inTwoLanes(commands, () => bareSpawn(argv, folder))))
    drained.push(await perSecond(commands, () => drain(holdfast, kind, commands)))
    waited.push(await perSecond(commands, () => inTwoLanes(commands, () => submitAndWait(holdfast, kind))))
  }
  const row = (name: string, rates: number[]) => [name, ...rate(rates), fixed(median(rates) / median(bare))]
  console.log(`\nThroughput of \`sh -c 'echo hello'\` at concurrency 2, median of ${turns} turns of ${commands} commands\n`)
  const rows = [
    row('bare detached `spawn`, two at a time', bare),
    row('Holdfast, all submitted at once, a runner with 2 slots', drained),
    row('Holdfast, two callers, each submits and waits', waited),
  ]
  console.log(table(['', 'commands/s', 'least–most', '× bare'], rows))
  const ratio = median(drained) / median(bare)
  console.log(`\nRatio ${fixed(ratio)}; target ≥ ${targetRatio}: ${judged(ratio, targetRatio, 'at least')}.`)
}

function rate(rates: number[]): string[] {
  return [fixed(median(rates), 0), `${fixed(Math.min(...rates), 0)}–${fixed(Math.max(...rates), 0)}`]
}

async function perSecond(commands: number, work: () => Promise<void>): Promise<number> {
  const from = instant()
  await work()
  const seconds = (instant() - from) / 1_000
  await pause(pauseMs)
  return commands / seconds
}

async function inTwoLanes(commands: number, runOne: () => Promise<unknown>): Promise<void> {
  let left = commands
  const lane = async () => {
    while (left-- > 0) await runOne()
  }
  await Promise.all([lane(), lane()])
}

// From the first submit to the last settled. One looks on for all: a hundred waiters would be measured instead of the runner.
async function drain(holdfast: Holdfast, kind: JobDefinition, jobs: number): Promise<void> {
  const before = (await holdfast.count()).succeeded
  await Promise.all(Array.from({ length: jobs }, () => holdfast.submit(kind, null)))
  while ((await countAfterChange(holdfast, before + jobs)) < before + jobs);
}

async function countAfterChange(holdfast: Holdfast, enough: number): Promise<number> {
  const { promise: changed, resolve } = Promise.withResolvers<void>()
  const stop = holdfast.onChange(resolve)
  try {
    const { succeeded, failed, interrupted, queued, running } = await holdfast.count()
    if (failed + interrupted > 0) throw new Error(`${failed + interrupted} jobs did not succeed`)
    if (succeeded < enough && queued + running > 0) await changed
    return succeeded
  } finally {
    stop()
  }
}

async function submitAndWait(holdfast: Holdfast, kind: JobDefinition): Promise<void> {
  const { job } = await holdfast.submit(kind, null)
  const { state, failure } = await holdfast.wait(job.id)
  if (state !== 'succeeded') throw new Error(`job ${job.id} is ${state}: ${failure?.message}`)
}
