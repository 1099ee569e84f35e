// What people do while runners work: submit, cancel, retry, pause and resume, tidy up.
import { settledJobStates } from '../../../src/core/retention.ts'
import { briefOf } from './history.ts'
import { meet, type Player } from './player.ts'
import { between, chance, changingKey, kinds, newJobs, pick, queues } from './world.ts'

/** Only these are tidied up while the campaign runs: the checker wants to see the others at the end. */
export const prunedState = 'expired'

/** Above it nobody submits: a line has to move to be worth looking at. */
const mostQueued = 120

/** One person, until the campaign drains. */
export async function bePerson(player: Player): Promise<void> {
  const { random, clock, store } = player
  while (!player.draining && !player.stopped) {
    const isFull = (await store.jobs.count()).queued >= mostQueued
    for (let act = 0; act < 5 && !player.draining; act++) {
      const done = chance(random, 0.6) ? (isFull ? clock.sleep(20) : submit(player)) : meddle(player)
      // What failed is in the record; a person tries something else.
      await done.catch(() => {})
      await clock.sleep(between(random, 0, 25))
    }
  }
}

async function submit(player: Player): Promise<void> {
  const { random, clock, store, recorder } = player
  const now = clock.now()
  const jobs = newJobs(random, player.met, now)
  const submitted = await recorder.call(
    'submit',
    jobs.map(({ kind, unique }) => ({ kind, unique: unique?.key ?? null })),
    {
      work: () => store.jobs.submit({ jobs, now }),
      brief: (answers) =>
        answers.map((one) => {
          if (!('job' in one)) return { refused: Object.keys(one).join() }
          return { id: one.job.id, created: one.created, kind: one.job.kind, unique: one.job.uniqueKey }
        }),
    },
  )
  for (const one of submitted) if ('job' in one) meet(player, one.job.id)
}

async function meddle(player: Player): Promise<void> {
  const die = player.random()
  if (die < 0.4) await cancel(player)
  else if (die < 0.75) await retry(player)
  else if (die < 0.9) await pauseAndResume(player)
  else if (die < 0.95) await changeLimit(player)
  else await prune(player)
}

async function cancel(player: Player): Promise<void> {
  const { random, clock, store, recorder } = player
  const active = await store.jobs.list({ state: ['queued', 'running'], limit: 40 })
  if (active.length === 0) return
  const { id } = pick(random, active)
  await recorder.call(
    'cancel',
    { id },
    {
      work: () => store.jobs.askStop({ id, by: 'Ada', now: clock.now() }),
      brief: (job) => (job === null ? 'none' : briefOf(job)),
    },
  )
}

async function retry(player: Player): Promise<void> {
  const { random, clock, store, recorder } = player
  const state = chance(random, 0.25) ? (['running'] as const) : settledJobStates
  const candidates = await store.jobs.list({ state, limit: 40 })
  if (candidates.length === 0) return
  const { id } = pick(random, candidates)
  const asked = { id, fromCheckpoint: chance(random, 0.4) }
  await recorder.call('retry', asked, {
    work: () => store.jobs.retry({ ...asked, by: 'Ada', now: clock.now() }),
    brief: (answer) => ('refused' in answer ? { refused: answer.refused } : briefOf(answer)),
  })
}

async function pauseAndResume(player: Player): Promise<void> {
  const { random, clock } = player
  const door = chance(random, 0.6) ? { queue: pick(random, queues), kind: null } : { queue: null, kind: pick(random, kinds) }
  await setPause(player, door, true)
  await clock.sleep(between(random, 5, 150))
  await setPause(player, door, false)
}

export type Door = { queue: string; kind: null } | { queue: null; kind: string }

export async function setPause({ clock, store, recorder }: Pick<Player, 'clock' | 'store' | 'recorder'>, door: Door, paused: boolean) {
  const asked = { paused, by: 'Ada', now: clock.now() }
  const work = () =>
    door.kind === null ? store.queues.setQueue({ ...asked, queue: door.queue }) : store.queues.setKind({ ...asked, kind: door.kind })
  await recorder.call('pause', { ...door, paused }, { work, brief: () => 'ok' })
}

async function changeLimit({ random, clock, store, recorder }: Player): Promise<void> {
  const asked = { key: changingKey.key, limit: between(random, 1, changingKey.limit) }
  await recorder.call('limit', asked, { work: () => store.queues.setLimit({ ...asked, now: clock.now() }), brief: () => 'ok' })
}

async function prune({ store, recorder }: Player): Promise<void> {
  await recorder.call(
    'prune',
    { state: prunedState },
    {
      work: () => store.jobs.prune({ state: prunedState, before: null, keep: 3, limit: 20 }),
      brief: (removed) => removed.map(({ id }) => id),
    },
  )
}
