// The one process of a campaign that is never killed: it starts the others, kills and freezes them, looks at all active jobs again and again, and waits until all is at rest.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../../src/runner/system-clock.ts'
import { openStore } from '../../../src/store/open-store.ts'
import type { Store } from '../../../src/store/store.ts'
import { seeded } from '../seeded.ts'
import type { CampaignOptions } from './campaign.ts'
import { type Ask, type Asker, openAsker, readLeftovers } from './final-rows.ts'
import { factsOf, openRecorder, type Recorder } from './history.ts'
import { setPause } from './people.ts'
import type { Told, WorkerOptions } from './worker.ts'
import { between, chance, changingKey, kinds, limitedKey, limitedQueue, pick, queues, type Random } from './world.ts'

export interface Played {
  asker: Asker
  /** Workers that ended by themselves. */
  crashes: string[]
}

interface Stage extends CampaignOptions {
  folder: string
  random: Random
  store: Store
  recorder: Recorder
  troupe: Worker[]
  dead: string[]
  crashes: string[]
  /** What the campaign has come to. */
  tried: { kills: number; inLine: Set<number> }
}

interface Worker {
  process: ChildProcess
  /** Its history's name. */
  name: string
  /** Others know it by this one. */
  runnerId: string
  isFrozen: boolean
  /** Playing, or its people have gone home. */
  phase: 'entering' | 'playing' | 'quiet'
  /** Whoever dies before has done nothing worth a check; a busy machine takes seconds to start the next one. */
  mayDieAt: number
}

const playedAtLeastMs = 1_500

const lookEveryMs = 30
/** A drain that takes longer has come to rest with something undone. */
const drainMs = 40_000

export async function play(options: CampaignOptions & { folder: string }): Promise<Played> {
  const stage = await setStage(options)
  const asker = await openAsker(options.address, join(options.folder, 'data/holdfast.db'))
  if (options.sabotage) await asker.say(options.sabotage)
  const { store, recorder, troupe } = stage
  while (troupe.length < options.processes) enter(stage)
  while (troupe.some((worker) => worker.phase === 'entering' && !isGone(worker))) await delay(20)
  const playing = new AbortController()
  const looking = lookOn(stage, playing.signal)
  const startedAt = performance.now()
  const elapsedMs = () => performance.now() - startedAt
  while (elapsedMs() < options.seconds * 1_000 || (!wasWorthIt(stage) && elapsedMs() < options.seconds * 1_000 + patienceMs)) {
    await delay(between(stage.random, 400, 1_400))
    if (stage.tried.kills > 0 && chance(stage.random, 0.2)) freezeOne(stage)
    else await killOne(stage)
  }
  await drain(stage, asker)
  playing.abort()
  await looking
  await leave(stage)
  recorder.close()
  await store.close()
  return { asker, crashes: stage.crashes }
}

/** A busy machine may not have come to anything in a few seconds. */
const patienceMs = 30_000

function wasWorthIt({ tried }: Stage): boolean {
  return tried.kills > 0 && tried.inLine.size >= 5
}

async function setStage(options: CampaignOptions & { folder: string }): Promise<Stage> {
  const { folder, address, seed } = options
  const store = await openStore({ folder: join(folder, 'data'), clock: systemClock, ...(address === null ? {} : { database: address }) })
  const now = systemClock.now()
  // Every kind is known to somebody at any moment: a job in line stays there.
  const runner = {
    runnerId: 'onlooker',
    hostId: 'host',
    bootId: 'boot',
    pid: process.pid,
    startedAt: now,
    leaseUntil: now,
    kinds: [...kinds],
  }
  await store.runners.register({ runner })
  await store.queues.setQueue({ ...limitedQueue, by: null, now })
  for (const limit of [limitedKey, changingKey]) await store.queues.setLimit({ ...limit, now })
  const recorder = openRecorder(join(folder, 'histories'), 'onlooker')
  return { ...options, store, recorder, random: seeded(seed), troupe: [], dead: [], crashes: [], tried: { kills: 0, inLine: new Set() } }
}

let entered = 0
const program = fileURLToPath(new URL('worker.ts', import.meta.url))

function enter(stage: Stage): void {
  const name = `worker-${++entered}`
  const { folder, address, random, dead } = stage
  const options: WorkerOptions = {
    name,
    seed: between(random, 1, 1_000_000_000),
    folder: join(folder, 'data'),
    address,
    history: join(folder, 'histories'),
    starts: join(folder, 'starts'),
    dead,
  }
  const child = spawn(process.execPath, ['--conditions=holdfast-source', program, JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const worker: Worker = { process: child, name, runnerId: name, isFrozen: false, phase: 'entering', mayDieAt: Number.POSITIVE_INFINITY }
  stage.troupe.push(worker)
  child.on('message', (said: Worker['phase']) => {
    worker.phase = said
    worker.mayDieAt = Math.min(worker.mayDieAt, performance.now() + playedAtLeastMs)
  })
  child.once('exit', (code, signal) => {
    if (signal !== 'SIGKILL' && code !== 0) stage.crashes.push(`${name} ended by itself: exit code ${code}, signal ${signal}`)
  })
  child.on('error', ({ message }) => stage.crashes.push(`${name}: ${message}`))
}

async function killOne(stage: Stage): Promise<void> {
  const worker = onePlaying(stage)
  if (!worker) return
  stage.troupe.splice(stage.troupe.indexOf(worker), 1)
  const exited = once(worker.process, 'exit')
  await stage.recorder.call(
    'kill',
    { process: worker.name, signal: 'SIGKILL' },
    { work: async () => worker.process.kill('SIGKILL'), brief: () => 'ok' },
  )
  await exited
  stage.tried.kills++
  declareDead(stage, worker)
  enter(stage)
}

function onePlaying({ random, troupe }: Stage): Worker | null {
  const playing = troupe.filter((worker) => worker.phase === 'playing' && worker.mayDieAt < performance.now() && !isGone(worker))
  return playing.length === 0 ? null : pick(random, playing)
}

/** Ended by itself, which is a crash, or could not be started: its exit does not come again. */
function isGone({ process: child }: Worker): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined
}

/** It stands still; the others take it for dead; then it goes on, and writes with what it had. */
function freezeOne(stage: Stage): void {
  const worker = onePlaying(stage)
  if (!worker || stage.troupe.some((other) => other.isFrozen)) return
  worker.isFrozen = true
  const { recorder } = stage
  void recorder.call(
    'kill',
    { process: `${worker.name} for a while`, signal: 'SIGSTOP' },
    { work: async () => worker.process.kill('SIGSTOP'), brief: () => 'ok' },
  )
  declareDead(stage, worker)
  setTimeout(() => thaw(worker), between(stage.random, 300, 1_500))
}

function thaw(worker: Worker): void {
  if (!worker.isFrozen) return
  worker.isFrozen = false
  worker.runnerId = `${worker.runnerId}'`
  worker.process.kill('SIGCONT')
  tell(worker, { renamed: worker.runnerId })
}

function declareDead(stage: Stage, { runnerId }: Worker): void {
  stage.dead.push(runnerId)
  for (const worker of stage.troupe) tell(worker, { dead: runnerId })
}

function tell({ process: child }: Worker, told: Told): void {
  if (child.connected) child.send(told, () => {})
}

/** Sees all active jobs as they were at one moment, again and again. */
async function lookOn({ store, recorder, tried }: Stage, signal: AbortSignal): Promise<void> {
  const known = new Set<number>()
  while (!signal.aborted) {
    await recorder.call('look', null, {
      work: () => store.jobs.list({ state: ['queued', 'running', 'stopping'], limit: 5_000 }),
      brief(jobs) {
        const fresh = jobs.filter(({ id }) => !known.has(id)).map(factsOf)
        for (const { id } of fresh) known.add(id)
        for (const { id, hold } of jobs) if (hold === 'key') tried.inLine.add(id)
        return { jobs: jobs.map(({ id, state, hold, attempts }) => [id, state, hold, attempts]), fresh }
      },
    })
    await delay(lookEveryMs)
  }
}

async function drain(stage: Stage, { ask }: Asker): Promise<void> {
  for (const worker of stage.troupe) {
    thaw(worker)
    tell(worker, { drain: true })
  }
  const deadline = performance.now() + drainMs
  do {
    // A person who was killed has left his pause behind, and another may still be in the middle of one.
    for (const queue of queues) await setPause({ ...stage, clock: systemClock }, { queue, kind: null }, false)
    for (const kind of kinds) await setPause({ ...stage, clock: systemClock }, { queue: null, kind }, false)
    await delay(200)
  } while (!(await isAtRest(stage, ask)) && performance.now() < deadline)
}

async function isAtRest({ troupe }: Stage, ask: Ask): Promise<boolean> {
  const isOver = (worker: Worker) => worker.phase === 'quiet' || isGone(worker)
  return troupe.every(isOver) && (await readLeftovers(ask)).length === 0
}

async function leave({ troupe, crashes }: Stage): Promise<void> {
  for (const worker of troupe) {
    if (isGone(worker)) continue
    const exited = once(worker.process, 'exit')
    tell(worker, { stop: true })
    const overdue = setTimeout(() => {
      crashes.push(`${worker.name} did not end when it was told to`)
      worker.process.kill('SIGKILL')
    }, 15_000)
    await exited
    clearTimeout(overdue)
  }
}
