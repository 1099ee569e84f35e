// The director of a campaign: keeps runners and web apps going, kills and freezes them and the processes of jobs, and waits until all is at rest.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Holdfast, openHoldfast } from '../../../src/index.ts'
import { isLiving } from '../../contract/launched.ts'
import { membersOf, signalled } from '../kills/actors.ts'
import { seeded } from '../seeded.ts'
import { openWitness, type Witness } from './database.ts'
import { artifacts, type Folders, kindsFor } from './kinds.ts'
import { openTroupe, type Player, type Troupe } from './troupe.ts'

export interface CampaignOptions {
  jobs: number
  kills: number
  runners: number
  seed: number
  /** Also freezes longer than a lease, so that others take over. */
  long: boolean
  /** After so long it comes to rest with what it has. */
  minutes: number
}

export interface Played {
  witness: Witness
  troupe: Troupe
  /** Jobs of which we killed a process: their outcome is not their own. */
  touched: ReadonlySet<number>
  counts: Record<string, number>
  /** Snapshots that a reader found mixed or cut off. */
  torn: readonly string[]
  bystander: 'lives' | 'was signalled'
  /** What never came to rest. */
  stuck: readonly number[]
}

interface Stage extends CampaignOptions {
  folders: Folders
  random: () => number
  holdfast: Holdfast
  witness: Witness
  troupe: Troupe
  touched: Set<number>
  torn: string[]
  counts: Record<string, number>
}

const slots = 4
/** Jobs that are not settled yet; more are submitted when there are fewer. */
const backlog = 60
/** When so many have ended by themselves there is nothing more to learn. */
const mostCrashes = 5
/** A rest that takes longer has come to rest with something undone. */
const restMs = 240_000

export async function play(folders: Folders, options: CampaignOptions): Promise<Played> {
  const stage = await setStage(folders, options)
  const { troupe, counts, witness } = stage
  const bystander = standBy(folders)
  for (let one = 0; one < options.runners; one++) enterRunner(stage)
  enterWeb(stage)
  const deadline = performance.now() + options.minutes * 60_000
  const isDone = () => submitted(stage) >= options.jobs && (counts.kills ?? 0) >= options.kills
  while (troupe.crashes.length < mostCrashes && performance.now() < deadline && !isDone()) {
    keepSubmitting(stage)
    await blow(stage)
    lookAtSnapshots(stage)
  }
  const stuck = await comeToRest(stage)
  await troupe.leave()
  const played: Played = { ...stage, witness, stuck, bystander: isUntouched(bystander) ? 'lives' : 'was signalled' }
  endBystander(bystander)
  await stage.holdfast.close()
  return played
}

async function setStage(folders: Folders, options: CampaignOptions): Promise<Stage> {
  const holdfast = await openHoldfast({ data: folders.data, kinds: kindsFor(folders), runner: false })
  const witness = openWitness(folders.data)
  const counts = { kills: 0, freezes: 0, 'long freezes': 0, 'shims killed': 0, 'job processes killed': 0, 'web apps killed': 0, looks: 0 }
  return {
    ...options,
    ...{ folders, holdfast, witness, counts, torn: [], touched: new Set() },
    random: seeded(options.seed),
    troupe: openTroupe(folders),
  }
}

function enterRunner({ troupe }: Stage): void {
  troupe.enter('runner', { slots })
}

function enterWeb({ troupe, random }: Stage): void {
  troupe.enter('web', { seed: Math.floor(random() * 1e9) })
}

function submitted({ witness }: Stage): number {
  return witness.ask<{ count: number }>('select count(*) as count from jobs')[0]?.count ?? 0
}

/** Not faster than the kills, so that there is something to kill to the end. */
function keepSubmitting(stage: Stage): void {
  const { troupe, witness, jobs, kills, counts } = stage
  if (!troupe.players.some(({ role }) => role === 'web')) enterWeb(stage)
  const web = troupe.players.find(({ role, phase }) => role === 'web' && phase === 'open')
  const there = submitted(stage)
  if (!web || web.owes > 3 || there >= jobs + backlog || there > (jobs * ((counts.kills ?? 0) + 1)) / kills + backlog) return
  const unsettled = witness.ask<{ count: number }>("select count(*) as count from jobs where state in ('queued','running','stopping')")[0]
  const missing = Math.min(20, backlog - (unsettled?.count ?? 0))
  if (missing <= 0) return
  web.owes++
  web.process.send(missing, () => {})
}

// In turns of different lengths, so that all of them come up in all combinations.
async function blow(stage: Stage): Promise<void> {
  const { random, counts, troupe } = stage
  counts.looks = (counts.looks ?? 0) + 1
  const turn = counts.looks
  if (turn % 9 === 0) killOfJob(stage, 'shim')
  if (turn % 11 === 0) killOfJob(stage, 'process')
  if (turn % 97 === 0) await killWeb(stage)
  await delay(random() * 250)
  const open = troupe.players.filter(({ role, phase }) => role === 'runner' && phase === 'open')
  // Somebody must be there to take over at once, or there would be nothing to measure.
  const victim = open[Math.floor(random() * open.length)]
  if (open.length < Math.min(2, stage.runners) || !victim) return
  if (turn % 150 === 75 && stage.long) return freeze(stage, victim, 34_000)
  if (turn % 8 === 0) return freeze(stage, victim, 200 + random() * 2_000)
  // Nor faster than the jobs.
  if ((counts.kills ?? 0) >= Math.min(stage.kills, (stage.kills * submitted(stage)) / stage.jobs + 5)) return
  await troupe.kill(victim)
  counts.kills = (counts.kills ?? 0) + 1
  enterRunner(stage)
}

function freeze({ troupe, counts }: Stage, victim: Player, ms: number): void {
  const what = ms > 30_000 ? 'long freezes' : 'freezes'
  counts[what] = (counts[what] ?? 0) + 1
  troupe.freeze(victim, ms)
}

async function killWeb(stage: Stage): Promise<void> {
  const web = stage.troupe.players.find(({ role, phase }) => role === 'web' && phase === 'open')
  if (!web) return
  await stage.troupe.kill(web)
  stage.counts['web apps killed'] = (stage.counts['web apps killed'] ?? 0) + 1
  enterWeb(stage)
}

function killOfJob({ witness, folders, random, touched, counts }: Stage, which: 'shim' | 'process'): void {
  const running = witness.ask<{ job: number; folder: string; pid: number | null }>(
    "select a.job_id as job, a.folder, a.pid from attempts a join jobs j on j.id = a.job_id and j.attempts = a.attempt where j.state = 'running'",
  )
  const chosen = running[Math.floor(random() * running.length)]
  if (!chosen || chosen.pid === null) return
  const members = membersOf(join(folders.data, 'attempts', chosen.folder))
  const victim = members.find((pid) => (pid === chosen.pid) === (which === 'shim'))
  if (victim === undefined || !isLiving(victim)) return
  touched.add(chosen.job)
  try {
    process.kill(victim, 'SIGKILL')
  } catch {
    // Gone in between.
  }
  const what = which === 'shim' ? 'shims killed' : 'job processes killed'
  counts[what] = (counts[what] ?? 0) + 1
}

/** I8: as a reader in another language does: resolve the link once, then read all of it. */
function lookAtSnapshots({ folders, torn }: Stage): void {
  for (const artifact of artifacts) {
    const link = join(folders.data, 'current', artifact)
    if (!existsSync(link)) continue
    const names = readdirSync(link).sort()
    const contents = new Set(names.map((name) => readFileSync(join(link, name), 'utf8')))
    if (names.join('') !== 'abc' || contents.size !== 1) torn.push(`${artifact}: ${names} with ${[...contents]}`)
  }
}

async function comeToRest(stage: Stage): Promise<number[]> {
  const { holdfast, witness, troupe, runners } = stage
  const deadline = performance.now() + restMs
  for (;;) {
    while (troupe.players.filter(({ role }) => role === 'runner').length < runners) enterRunner(stage)
    const unsettled = witness.ask<{ id: number; kind: string }>("select id, kind from jobs where state in ('queued','running','stopping')")
    const owed = troupe.players.some(({ role, owes }) => role === 'web' && owes > 0)
    if (unsettled.length === 0 && !owed) return []
    if (troupe.crashes.length >= mostCrashes) return unsettled.map(({ id }) => id)
    if (performance.now() > deadline) return unsettled.map(({ id }) => id)
    // Whoever wanted to cancel them may have been killed.
    for (const { id, kind } of unsettled) if (kind === 'stubborn') await holdfast.cancel(id, { by: 'the end' })
    await delay(200)
  }
}

/** I12: looks like a member of some job, and is none. Whatever signal comes leaves a trace or ends it. */
function standBy({ root, data }: Folders): ChildProcess {
  return spawn('sh', ['-c', `trap 'echo signalled >> bystander' TERM INT HUP USR1; while :; do sleep 0.2; done`], {
    cwd: root,
    detached: true,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      HOLDFAST_JOB_ID: '1',
      HOLDFAST_ATTEMPT: '1',
      HOLDFAST_DIR: join(data, '..', 'attempts', '1-1'),
      HOLDFAST_MARK: 'other',
    },
  })
}

function isUntouched({ pid, spawnargs }: ChildProcess): boolean {
  return pid !== undefined && spawnargs.length > 0 && isLiving(pid)
}

// With the sleep it waits for, which would be found to be left a moment later.
function endBystander({ pid }: ChildProcess): void {
  if (pid !== undefined) signalled(-pid, 'SIGKILL')
}
