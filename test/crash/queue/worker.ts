// A process of the campaign: claims, holds, rescues and meddles until it is killed or told to stop. `node worker.ts OPTIONS-AS-JSON`.
import { existsSync } from 'node:fs'
import { systemClock } from '../../../src/runner/system-clock.ts'
import { openStore } from '../../../src/store/open-store.ts'
import type { Claimed } from '../../../src/store/store.ts'
import { seeded } from '../seeded.ts'
import { factsOf, openRecorder } from './history.ts'
import { hold, latchOf, type Taken } from './holding.ts'
import { bePerson } from './people.ts'
import { meet, type Player } from './player.ts'
import { chance, kinds } from './world.ts'

export interface WorkerOptions {
  name: string
  seed: number
  folder: string
  /** Null: SQLite in the folder. */
  address: string | null
  history: string
  starts: string
  dead: string[]
}

export type Told = { dead: string } | { renamed: string } | { drain: true } | { stop: true }

const slots = 4
const options: WorkerOptions = JSON.parse(process.argv[2] ?? '')
const player = await openPlayer()
await register(player)
const leave = () => process.exit(3)
process.on('disconnect', leave)
process.on('message', (told: Told) => void hear(told))
process.send?.('playing')
const people = Promise.all([bePerson(player), bePerson(player)]).then(() => process.send?.('quiet'))
await Promise.all([look(), rescueOthers(), people])
await player.store.close()
player.recorder.close()
process.off('disconnect', leave)
process.disconnect()

async function openPlayer(): Promise<Player> {
  const { name, seed, folder, address } = options
  const random = seeded(seed)
  let made = 0
  return {
    store: await openStore({ folder, clock: systemClock, ...(address === null ? {} : { database: address }) }),
    recorder: openRecorder(options.history, name),
    clock: systemClock,
    random,
    starts: options.starts,
    place: { runnerId: name, hostId: 'host', bootId: 'boot' },
    // Some know less than all.
    kinds: chance(random, 0.3) ? kinds.slice(1) : kinds,
    held: new Set(),
    dead: new Set(options.dead),
    met: [],
    draining: false,
    stopped: false,
    unlike: (what) => `${what} ${name} ${++made}`,
    wake: () => {},
  }
}

async function register({ store, place, kinds: known, clock }: Player): Promise<void> {
  const now = clock.now()
  await store.runners.register({ runner: { ...place, pid: process.pid, startedAt: now, leaseUntil: now + 30_000, kinds: [...known] } })
}

async function hear(told: Told): Promise<void> {
  if ('dead' in told) player.dead.add(told.dead)
  if ('drain' in told) player.draining = true
  if ('stop' in told) player.stopped = true
  if ('renamed' in told) {
    player.place = { ...player.place, runnerId: told.renamed }
    await register(player)
  }
  player.wake()
}

/** Looks for work when something rings, and now and then. */
async function look(): Promise<void> {
  const { store, clock, random, recorder } = player
  let woken = Promise.withResolvers<void>()
  player.wake = () => woken.resolve()
  const stopListening = store.onChange(() => player.wake(), 'jobs')
  while (!player.stopped) {
    woken = Promise.withResolvers()
    await recorder.call('promote', null, { work: () => store.claims.promote({ now: clock.now() }), brief: () => 'ok' })
    const { claimed, again } = player.held.size < slots ? await claim() : { claimed: [], again: false }
    for (const one of claimed) take({ claimed: one, found: 'new' })
    if (!again) await Promise.race([woken.promise, clock.sleep(30 + random() * 70)])
  }
  stopListening()
}

function claim(): Promise<{ claimed: Claimed[]; again: boolean }> {
  const limit = slots - player.held.size
  return player.recorder.call(
    'claim',
    { limit },
    {
      work: () => {
        const now = systemClock.now()
        return player.store.claims.claim({ place: player.place, kinds: player.kinds, limit, leaseUntil: now + 30_000, now })
      },
      brief: ({ claimed }) =>
        claimed.map(({ job, attempt }) => ({
          id: job.id,
          attempt: attempt.attempt,
          token: job.leaseToken,
          facts: factsOf(job),
          availableAt: job.availableAt,
          wallAt: systemClock.now(),
        })),
    },
  )
}

function take(taken: Taken): void {
  meet(player, taken.claimed.job.id)
  void hold(player, taken)
}

/** Sees to the jobs of workers that are dead, or taken for dead. */
async function rescueOthers(): Promise<void> {
  while (!player.stopped) {
    await systemClock.sleep(40 + player.random() * 120)
    if (player.dead.size === 0) continue
    for (const { job, attempt } of await player.store.jobs.unsettled()) {
      if (job.runnerId === null || !player.dead.has(job.runnerId) || player.held.has(job.id)) continue
      await takeOver({ job, attempt })
    }
  }
}

async function takeOver({ job, attempt }: Claimed): Promise<void> {
  const held = { id: job.id, attempt: attempt.attempt, token: job.leaseToken }
  const began = existsSync(latchOf(player, held))
  const found = !began && job.state === 'running' ? 'never began' : began && chance(player.random, 0.5) ? 'alive' : 'gone'
  const adopting = found === 'alive'
  const taken = await player.recorder.call(
    'takeOver',
    { ...held, adopting },
    {
      work: () =>
        player.store.claims.takeOver({
          fence: { jobId: held.id, attempt: held.attempt, leaseToken: held.token },
          place: player.place,
          adopting,
          now: systemClock.now(),
        }),
      brief: (answer) => (answer === 'lease lost' ? 'lost' : { ...held, token: answer.job.leaseToken }),
    },
  )
  if (taken !== 'lease lost') take({ claimed: taken, found })
}
