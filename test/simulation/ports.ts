// The two ports as one simulated program has them: the production store and the fake launcher, called with all that can go wrong.
import type { Launcher } from '../../src/launch/launcher.ts'
import type { Store } from '../../src/store/store.ts'
import { fakeLauncher } from '../../src/testing/fake-launcher.ts'
import type { Checker } from './checker.ts'
import type { Program } from './program.ts'
import type { Bell, World } from './world.ts'

type Method = (asked: unknown) => Promise<unknown>

export function storeOf(world: World, program: Program, checker: Checker): Store {
  const real = world.mutant?.store?.(world.store) ?? world.store
  const groups = Object.entries(real).filter(([, group]) => typeof group === 'object' && group !== null)
  const wrapped = groups.map(([name, group]) => [name, wrapGroup(program, checker, { name, methods: group as Record<string, Method> })])
  return {
    ...(Object.fromEntries(wrapped) as Store),
    installationId: real.installationId,
    trouble: () => null,
    onChange: (listener, of = 'lines') => hang(world, program, { of, listener }),
    close: async () => {},
  }
}

function wrapGroup(program: Program, checker: Checker, { name, methods }: { name: string; methods: Record<string, Method> }) {
  const wrapped = Object.entries(methods).map(([method, work]): [string, Method] => {
    const what = `${name}.${method}`
    return [
      method,
      (asked) =>
        program.call({
          what,
          asked,
          work: () => work(asked),
          check: (answer) => checker.called({ what, asked, answer, program: program.name }),
        }),
    ]
  })
  return Object.fromEntries(wrapped)
}

// Many changes at once are one ring; a ring may be late, or never come.
function hang(world: World, program: Program, { of, listener }: { of: Bell['of']; listener: () => void }): () => void {
  let isRinging = false
  const bell: Bell = {
    of,
    ring() {
      if (isRinging || world.random.chance(world.chance.lostWake)) return
      isRinging = true
      program.after(world.random.between(0, 20), () => {
        isRinging = false
        listener()
      })
    },
  }
  world.bells.add(bell)
  return () => world.bells.delete(bell)
}

export function launcherOf(world: World, program: Program): Launcher {
  const { machine, folder, random } = world
  const hint = (listener: () => void) => {
    if (!random.chance(world.chance.lostWake)) program.after(random.between(0, 20), listener)
  }
  const fake = fakeLauncher({ machine, clock: program.clock, attempts: folder.attempts, hint })
  const launcher: Launcher = {
    ...fake,
    prepare: (name) =>
      program.call({ what: 'prepare', asked: name, work: async () => void (await fake.prepare(name)) }).then(() => fake.prepare(name)),
    start: (command) => program.call({ what: 'start', asked: command.mark.split(':')[1], work: () => fake.start(command) }),
    runners: {
      ...fake.runners,
      hold: (runnerId) => program.call({ what: 'hold', asked: runnerId, work: () => fake.runners.hold(runnerId) }),
    },
  }
  return world.mutant?.launcher?.(launcher, machine) ?? launcher
}
