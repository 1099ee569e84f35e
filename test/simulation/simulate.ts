// One seed, one history: people and faults for a while, then peace, in which everything must come to its end.

import { isSettled } from '../../src/core/transitions.ts'
import { makeDataFolder } from '../../src/runner/data-folder.ts'
import { type Checker, openChecker } from './checker.ts'
import { openFaults, replaceRunners } from './faults.ts'
import { checkLeftovers, checkRunnersLeft } from './leftovers.ts'
import type { Mutant } from './mutants.ts'
import { drawOptions, type SimulationOptions } from './options.ts'
import { openPeople } from './people.ts'
import { openRunners, type Runners } from './runners.ts'
import { broken, type OpenedWorld, openWorld, type World } from './world.ts'

export interface Outcome {
  options: SimulationOptions
  /** The promise that was broken, and how; null: none. */
  violation: string | null
  hash: string
  events: number
  virtualMs: number
  /** The last lines of what happened. */
  tail: string[]
}

export interface Simulated {
  seed: number
  mutant?: Mutant | null
  /** A folder of the disk that stays empty; its name is all that is used. */
  root: string
  print?: (line: string) => void
}

export async function simulate({ seed, mutant = null, root, print }: Simulated): Promise<Outcome> {
  const options = drawOptions(seed)
  const opened = await openWorld({ options, mutant, folder: makeDataFolder(root), print: print ?? null })
  const { world } = opened
  const checker = openChecker(world)
  const runners = openRunners(world, checker)
  const onRejection = (error: unknown) =>
    broken(world, 'no promise is left behind', error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.on('unhandledRejection', onRejection)
  try {
    await live(opened, checker, runners)
    if (world.violation === null) await checkLeftovers(world, checker)
    const { history, time } = world
    const seen = { hash: history.hash(), events: history.events, virtualMs: time.now(), tail: history.tail(tailLines) }
    return { options, violation: world.violation, ...seen }
  } finally {
    process.off('unhandledRejection', onRejection)
    runners.forget()
    await world.store.close()
  }
}

const tailLines = 60

async function live({ world, next, calm }: OpenedWorld, checker: Checker, runners: Runners): Promise<void> {
  const { options, time } = world
  const people = openPeople(world, checker)
  openFaults(world, runners)
  const stopReplacing = replaceRunners(world, runners)
  const goesOn = async () => world.violation === null && (await next())
  while (time.now() < options.faultsForMs && (await goesOn()));
  calm()
  while (!people.areIdle() && (await goesOn()));
  people.comeToRest()
  const calmAt = time.now()
  while ((!people.areIdle() || runners.commands() > 0 || !isOver(world, checker) || time.now() < calmAt + restMs) && (await goesOn()))
    checkStuck(world, checker, calmAt)
  if (options.waitsForJanitors) {
    const tidyAt = time.now() + janitorsMs
    while (time.now() < tidyAt && (await goesOn()));
    await checkRunnersLeft(world, runners)
  }
  stopReplacing()
  for (const runner of runners.living()) runner.close()
  const closedBy = time.now() + closeMs
  while (runners.living().length > 0 && (await goesOn()))
    if (time.now() > closedBy) broken(world, 'closing', `${runners.living()[0]?.program.name} does not close`)
}

function isOver({ machine }: World, checker: Checker): boolean {
  return machine.living().length === 0 && checker.jobs().every(({ state }) => isSettled(state))
}

// Longer than anything a single job, key or lease makes anybody wait.
function checkStuck(world: World, checker: Checker, calmAt: number): void {
  if (world.time.now() < Math.max(calmAt, checker.changedAt) + stuckMs) return
  const left = checker.jobs().filter(({ state }) => !isSettled(state))
  const words = left.map(({ id, state, hold, waitingFor }) => `job ${id} is ${state} (${hold}, waits for ${JSON.stringify(waitingFor)})`)
  broken(world, 'I1, I11, I13', `nothing has changed for ${stuckMs / 60_000} minutes, and ${words.join('; ') || 'processes live'}`)
}

const stuckMs = 900_000
/** After a submit of the last moment; and frozen runners come back. */
const restMs = 10_000
/** Janitors come round every minute. */
const janitorsMs = 130_000
const closeMs = 900_000
