// The people of the simulated world: they submit, cancel, try again, pause and change their minds, at random.
import { isSettled } from '../../src/core/transitions.ts'
import type { Store } from '../../src/store/store.ts'
import type { Checker } from './checker.ts'
import { drawJob, kinds } from './jobs.ts'
import { storeOf } from './ports.ts'
import { LostAnswer, type Program, startProgram } from './program.ts'
import type { World } from './world.ts'

export interface People {
  /** They wait for no answer. */
  areIdle(): boolean
  /** They let everything go on, and stop what would never end. */
  comeToRest(): void
}

export function openPeople(world: World, checker: Checker): People {
  const { random, options } = world
  const program = startProgram(world, { name: 'people', isMortal: false })
  const store = storeOf(world, program, checker)
  let waiting = 0
  function act(work: () => Promise<unknown>): void {
    waiting++
    void work()
      .catch(ignoreLostAnswer)
      .finally(() => waiting--)
  }
  for (let index = 0; index < options.jobs; index++) {
    program.after(random.between(0, options.faultsForMs), () => act(() => submit(world, store, checker, index)))
    if (random.chance(0.6)) program.after(random.between(0, options.faultsForMs), () => act(() => meddle(world, store, checker)))
  }
  for (let index = 0; index < options.schedules; index++) act(() => putSchedule(world, store, `schedule-${index}`))
  return { areIdle: () => waiting === 0, comeToRest: () => act(() => comeToRest(world, store, program, checker)) }
}

function ignoreLostAnswer(error: unknown): void {
  if (!(error instanceof LostAnswer)) throw error
}

async function submit(world: World, store: Store, checker: Checker, index: number): Promise<void> {
  const count = world.random.chance(0.2) ? world.random.between(2, 4) : 1
  const earlier = checker.jobs().map(({ id }) => id)
  const jobs = Array.from({ length: count }, (_, place) => drawJob(world, { name: `${index}.${place}`, place, earlier }))
  await store.jobs.submit({ jobs, now: world.clock.now() })
}

async function putSchedule({ clock, random }: World, store: Store, name: string): Promise<void> {
  const cron = random.pick(['*/5 * * * * *', '*/20 * * * * *', '* * * * *'])
  const schedule = {
    name,
    kind: random.pick(kinds),
    cron,
    timeZone: 'UTC',
    input: null,
    missed: random.pick(['skip', 'once'] as const),
    nextAt: clock.now(),
  }
  await store.schedules.put({ schedule, now: clock.now() })
}

async function meddle(world: World, store: Store, checker: Checker): Promise<void> {
  const { random } = world
  const now = world.clock.now()
  const jobs = checker.jobs()
  const by = random.pick([null, 'ben'])
  const active = jobs.filter(({ state }) => !isSettled(state))
  const settled = jobs.filter(({ state }) => isSettled(state) && state !== 'succeeded')
  const happening = random.between(1, 10)
  if (happening <= 5 && active.length > 0) await store.jobs.askStop({ id: random.pick(active).id, by, now })
  else if (happening <= 8 && settled.length > 0)
    await store.jobs.retry({ id: random.pick(settled).id, fromCheckpoint: random.chance(0.5), by, now })
  else if (happening === 9)
    await store.queues.setQueue({ queue: 'slow', paused: random.chance(0.5), concurrency: random.pick([1, 2, null]), by, now })
  else if (happening === 10) await store.queues.setKind({ kind: random.pick(kinds), paused: random.chance(0.5), by, now })
}

async function comeToRest(world: World, store: Store, program: Program, checker: Checker): Promise<void> {
  const now = () => world.clock.now()
  for (const queue of ['default', 'slow']) await store.queues.setQueue({ queue, paused: false, concurrency: null, by: null, now: now() })
  for (const kind of kinds) await store.queues.setKind({ kind, paused: false, by: null, now: now() })
  for (const { name } of await store.schedules.list({ limit: 10 }))
    await store.schedules.pause({ name, paused: true, nextAt: null, by: null, now: now() })
  // Whatever never ends by itself is stopped, also when its next attempt is such a one.
  const stop = async () => {
    for (const job of checker.jobs().filter(({ state }) => state === 'running')) {
      const script = JSON.parse(job.command?.[1] ?? '[]') as { endsAfterMs: number | null }[]
      if (script.some(({ endsAfterMs }) => endsAfterMs === null)) await store.jobs.askStop({ id: job.id, by: null, now: now() })
    }
  }
  program.clock.every(5_000, () => void stop())
}
