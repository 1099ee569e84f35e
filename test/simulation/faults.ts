// Faults from outside: programs killed and frozen, processes killed, the clock set, the machine restarted.
import type { Runners } from './runners.ts'
import { clockJumpMs, type World } from './world.ts'

export function openFaults(world: World, runners: Runners): void {
  const { random, options, time } = world
  function strikeLater(): void {
    const inMs = random.spread(options.faultEveryMs / 10, options.faultEveryMs * 3)
    if (time.now() + inMs < options.faultsForMs)
      time.at(time.now() + inMs, () => {
        strike(world, runners)
        strikeLater()
      })
  }
  strikeLater()
}

function strike(world: World, runners: Runners): void {
  const { random, machine, history, time } = world
  if (random.chance(world.chance.reboot)) {
    reboot(world, runners)
    return
  }
  const living = runners.living()
  const fault = random.pick(['kill', 'freeze', 'close', 'kill tree', 'set clock', 'command'] as const)
  history.add(`${time.now()} fault: ${fault}`)
  if (fault === 'kill tree' && machine.living().length > 0) machine.killTree(random.pick(machine.living()).folder)
  else if (fault === 'set clock') world.setClock(random.chance(0.3) ? 0 : random.between(-clockJumpMs, clockJumpMs))
  else if (fault === 'command') runners.command()
  else if (living.length === 0) return
  else if (fault === 'kill') random.pick(living).program.kill('killed')
  else if (fault === 'freeze') random.pick(living).program.freeze(random.spread(100, 300_000))
  else if (fault === 'close') random.pick(living).close()
}

function reboot(world: World, runners: Runners): void {
  const { machine, history, time } = world
  history.add(`${time.now()} the machine restarts`)
  runners.killAll()
  for (const { folder } of machine.living()) machine.killTree(folder)
  world.boots++
}

/** Sees to it that there are runners, later or sooner. Returns the way to stop that. */
export function replaceRunners({ random, options, time }: World, runners: Runners): () => void {
  let callOff = () => {}
  function replace(): void {
    const missing = options.runners - runners.living().filter(({ knowsAll }) => knowsAll).length
    for (let count = 0; count < missing; count++) runners.open()
    callOff = time.at(time.now() + random.spread(500, 30_000), replace)
  }
  replace()
  return () => callOff()
}
