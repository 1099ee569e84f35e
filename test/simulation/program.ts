// A program in the simulated world: it calls ports, waits by its clock, can be killed at any call, and frozen.
// What a dead one asked for is never answered; a frozen one finds everything later.

import type { Clock } from '../../src/core/clock.ts'
import { HoldfastError } from '../../src/core/errors.ts'
import { type After, clockOn } from '../../src/testing/fake-clock.ts'
import { brief } from './history.ts'
import { broken, type World } from './world.ts'

export interface Program {
  name: string
  clock: Clock
  after: After
  isAlive(): boolean
  kill(why: string): void
  freeze(ms: number): void
  /** Calls a port: carried out later, answered later still, by the world's chances. */
  call<T>(call: PortCall<T>): Promise<T>
}

export interface PortCall<T> {
  what: string
  asked: unknown
  work: () => Promise<T>
  /** Looks at what was done, before anybody else does something. */
  check?: (answer: T) => Promise<void>
}

export interface ProgramOptions {
  name: string
  /** It has a life of its own that can end; the people's one goes on. */
  isMortal: boolean
  onDeath?: () => void
}

export function startProgram(world: World, { name, isMortal, onDeath }: ProgramOptions): Program {
  const { time, random, history } = world
  let isDead = false
  let frozenUntil = 0

  const after: After = (ms, act) => {
    let callOff = time.at(time.now() + ms, fire)
    function fire(): void {
      if (isDead) return
      if (time.now() < frozenUntil) callOff = time.at(frozenUntil, fire)
      else act()
    }
    return () => callOff()
  }

  function kill(why: string): void {
    if (isDead) return
    history.add(`${time.now()} ${name} dies: ${why}`)
    isDead = true
    onDeath?.()
  }

  const strikes = (chance: number) => isMortal && chance > 0 && random.chance(chance)

  function call<T>({ what, asked, work, check }: PortCall<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      after(latency(world), async () => {
        if (strikes(world.chance.crashBefore)) return kill(`before ${what}`)
        try {
          const answer = await work()
          history.add(`${time.now()} ${name} ${what} ${brief(asked)} → ${brief(answer)}`)
          await check?.(answer)
          if (strikes(world.chance.crashAfter)) return kill(`after ${what}`)
          if (random.chance(world.chance.lostAnswer)) after(latency(world), () => reject(new LostAnswer(what)))
          else after(latency(world), () => resolve(answer))
        } catch (error) {
          history.add(`${time.now()} ${name} ${what} ${brief(asked)} threw ${error}`)
          if (!(error instanceof HoldfastError))
            broken(world, 'no port throws', `${what} ${brief(asked)}: ${error instanceof Error ? error.stack : error}`)
          after(latency(world), () => reject(error))
        }
      })
    })
  }

  return {
    name,
    clock: clockOn(world.clock.now, after),
    after,
    isAlive: () => !isDead,
    kill,
    freeze(ms) {
      history.add(`${time.now()} ${name} is frozen for ${ms} ms`)
      frozenUntil = Math.max(frozenUntil, time.now() + ms)
    },
    call,
  }
}

/** What a caller gets where the outcome is unknown to him. */
export class LostAnswer extends Error {
  constructor(what: string) {
    super(`simulated: the connection was lost, ${what} may have been done`)
  }
}

/** Mostly moments; a busy database takes seconds; and between reading and writing there may lie minutes. */
export function latency({ random, chance }: World): number {
  if (random.chance(chance.stretch)) return random.spread(1_000, 300_000)
  if (random.chance(chance.busy)) return random.spread(100, 30_000)
  return random.between(0, 5)
}
