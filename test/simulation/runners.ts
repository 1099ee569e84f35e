// Production runners in the simulated world: opened, killed and replaced like processes of an operating system.
import { defaultRetention, type Retention, settledJobStates } from '../../src/core/retention.ts'
import type { House } from '../../src/runner/house.ts'
import { openRunner, type Runner } from '../../src/runner/runner.ts'
import type { ScheduleRecord } from '../../src/store/store.ts'
import type { Instance } from '../../src/supervisor/instance.ts'
import { repair } from '../../src/supervisor/repair.ts'
import type { Checker } from './checker.ts'
import { kinds, scheduledJob } from './jobs.ts'
import { launcherOf, storeOf } from './ports.ts'
import { type Program, startProgram } from './program.ts'
import { broken, type World } from './world.ts'

export interface SimulatedRunner {
  program: Program
  /** It claims every kind. */
  knowsAll: boolean
  /** Closes as an app does when it is restarted. */
  close(): void
}

export interface Runners {
  living(): SimulatedRunner[]
  open(): void
  /** Somebody runs a command of the moment, which settles what has ended, and goes. */
  command(): void
  /** Commands of the moment that are still at it. */
  commands(): number
  /** The machine restarts: every program of it dies. */
  killAll(): void
  /** After the history: ends the waits of the dead as well. Node keeps what listens to a signal for ever. */
  forget(): void
}

export function openRunners(world: World, checker: Checker): Runners {
  const living = new Set<SimulatedRunner>()
  const houses: SimulatedHouse[] = []
  let count = 0
  let commands = 0

  function move(name: string, onDeath: () => void): SimulatedHouse {
    const moved = openHouse(world, checker, { name, onDeath })
    houses.push(moved)
    return moved
  }

  return {
    living: () => [...living],
    open() {
      const runner = openSimulatedRunner(
        world,
        move(`runner-${++count}`, () => living.delete(runner)),
      )
      living.add(runner)
    },
    command() {
      commands++
      const { house, program } = move(`command-${++count}`, () => commands--)
      repair({ house } as Instance).then(
        () => program.kill('done'),
        (error) => program.kill(`gave up: ${error}`),
      )
    },
    commands: () => commands,
    killAll() {
      for (const { program } of houses) program.kill('restart')
    },
    forget() {
      for (const { program, closing } of houses) {
        program.kill('the end')
        closing.abort(new Error('the end'))
      }
    },
  }
}

interface SimulatedHouse {
  house: House
  program: Program
  closing: AbortController
}

function openHouse(world: World, checker: Checker, { name, onDeath }: { name: string; onDeath: () => void }): SimulatedHouse {
  const { history, time, random } = world
  const closing = new AbortController()
  const program = startProgram(world, {
    name,
    isMortal: true,
    onDeath() {
      world.machine.runners.died(name)
      onDeath()
    },
  })
  const tell = (message: string) => history.add(`${time.now()} ${name} says ${message.split('\n', 1)[0]}`)
  const house: House = {
    store: storeOf(world, program, checker),
    launcher: launcherOf(world, program),
    clock: program.clock,
    folder: world.folder,
    place: { runnerId: name, hostId: 'host', bootId: `boot-${world.boots}` },
    logger: { info() {}, warn: tell, error: tell },
    closing: closing.signal,
    random: random.next,
  }
  return { house, program, closing }
}

function openSimulatedRunner(world: World, { house, program, closing }: SimulatedHouse): SimulatedRunner {
  const { history, time, random, options } = world
  const knowsAll = random.chance(0.85)
  const schedules = { kinds: knowsAll ? kinds : [], make: async (schedule: ScheduleRecord) => scheduledJob(world, schedule) }
  const { kept } = options
  const retention = kept === null ? {} : { retention: () => keeping(kept) }
  const opening = openRunner(house, { kinds: knowsAll ? kinds : ['scan'], slots: options.slots, adopts: 'all', schedules, ...retention })
  opening.catch((error: unknown) => program.kill(`could not open: ${error}`))
  return {
    program,
    knowsAll,
    close() {
      history.add(`${time.now()} ${program.name} closes`)
      closing.abort(new Error('closed'))
      void closeRunner(world, program, opening)
    },
  }
}

function keeping(count: number): Retention {
  return { ...defaultRetention, ...Object.fromEntries(settledJobStates.map((state) => [state, { ageMs: null, count }])) }
}

async function closeRunner(world: World, program: Program, opening: Promise<Runner>): Promise<void> {
  try {
    await (await opening).close()
    program.kill('closed')
  } catch (error) {
    if (program.isAlive()) broken(world, 'closing', `${program.name}: ${error instanceof Error ? error.stack : error}`)
  }
}
