// Several people use an app at random while it is killed and started again; at the end it is asked what is broken. Knows no app: each
// says what its people do and what must hold (use.ts).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient, type Job } from 'holdfast/client'
import { brokenAtTheEnd, brokenFiles, brokenNow } from './invariants.ts'
import { type RunningApp, runApp } from './running-app.ts'
import type { Use, World } from './use.ts'

export interface HourOptions {
  /** Path of the app's main.ts. */
  main: string
  use: Use
  forMs: number
  /** Ends the use before its time; what is broken is asked all the same. */
  signal?: AbortSignal
  /** On average; each time anything from half to one and a half of it. */
  killEveryMs: number
  seed: number
  users?: number
  /** How many of the kills take the jobs' processes along. */
  everythingShare?: number
  /** The data folder stays where something is broken, for whoever wants to look. */
  keepsBroken?: boolean
  say?: (line: string) => void
}

export interface HourReport {
  acts: number
  /** What somebody did and got no answer to, because of a kill. */
  cutOff: number
  kills: { app: number; everything: number }
  /** How long each start took until the app answered. */
  startMs: number[]
  acknowledged: number
  jobs: Job[]
  broken: string[]
}

const most = { broken: 100, pauseMs: 1_000, checkEveryMs: 2_000, waitMs: 50 }

export async function useApp({
  main,
  use,
  forMs,
  signal = new AbortController().signal,
  killEveryMs,
  seed,
  users = 3,
  everythingShare = 0.2,
  keepsBroken = false,
  say = () => {},
}: HourOptions): Promise<HourReport> {
  const data = mkdtempSync(join(tmpdir(), 'holdfast-hour-'))
  const beside = await use.open?.(data)
  const token = await use.token?.(data)
  const app = await runApp({ main, data, environment: beside?.environment ?? {} })
  const random = randomFrom(seed)
  const report: HourReport = { acts: 0, cutOff: 0, kills: { app: 0, everything: 0 }, startMs: [], acknowledged: 0, jobs: [], broken: [] }
  const acknowledged = new Set<number>()
  const told = (sentence: string) => {
    if (report.broken.length >= most.broken || report.broken.includes(sentence)) return
    report.broken.push(sentence)
    say(`BROKEN  ${sentence}`)
  }
  try {
    report.startMs.push(await app.start())
    const world = worldOf({ app, data, use, token, random, acknowledged })
    const stop = new AbortController()
    const until = { app, world, report, told, signal: stop.signal }
    const people = [
      ...Array.from({ length: users }, () => again(until, 'act', () => use.act(world))),
      again(until, 'check', () => look(use, world, told)),
    ]
    await killAgainAndAgain({ ...until, signal, deadline: performance.now() + forMs, killEveryMs, everythingShare, say })
    stop.abort()
    await Promise.all(people)
    say('Everybody has gone; waiting for the last jobs.')
    await use.leave?.(world)
    const end = await brokenAtTheEnd(world.client, data, acknowledged)
    for (const sentence of [...end.broken, ...(await use.finish(world, end.jobs))]) told(sentence)
    Object.assign(report, { acknowledged: acknowledged.size, jobs: end.jobs })
    await app.kill(true)
    for (const sentence of brokenFiles(data)) told(sentence)
  } catch (error) {
    told(`the app could not be used to the end: ${wordsOf(error)}`)
  } finally {
    await app.kill(true)
    await beside?.close()
    if (report.broken.length > 0) say(`The app said last:\n  ${app.lines().join('\n  ')}`)
    if (report.broken.length > 0 && keepsBroken) say(`Its folder is kept: ${data}`)
    else rmSync(data, { recursive: true, force: true, maxRetries: 5 })
  }
  return report
}

interface Until {
  app: RunningApp
  world: World
  report: HourReport
  told: (sentence: string) => void
  signal: AbortSignal
}

/** One person, or the one who looks. What fails because the app was killed meanwhile is no fault; anything else is. */
async function again({ app, world, report, told, signal }: Until, what: 'act' | 'check', deed: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    if (!app.isUp()) {
      await delay(most.waitMs)
      continue
    }
    const era = app.era()
    try {
      await deed()
      if (what === 'act') report.acts++
    } catch (error) {
      if (app.era() === era && !signal.aborted) told(`somebody’s ${what} failed: ${wordsOf(error)}`)
      else if (what === 'act') report.cutOff++
    }
    await delay(what === 'act' ? world.random() * most.pauseMs : most.checkEveryMs)
  }
}

async function look(use: Use, world: World, told: (sentence: string) => void): Promise<void> {
  for (const sentence of [...(await brokenNow(world.client)), ...((await use.check?.(world)) ?? [])]) told(sentence)
}

interface Killing extends Until, Required<Pick<HourOptions, 'killEveryMs' | 'everythingShare' | 'say'>> {
  deadline: number
}

async function killAgainAndAgain({
  app,
  world,
  report,
  told,
  signal,
  deadline,
  killEveryMs,
  everythingShare,
  say,
}: Killing): Promise<void> {
  for (;;) {
    const pauseMs = killEveryMs * (0.5 + world.random())
    const leftMs = Math.max(0, deadline - performance.now())
    await delay(Math.min(pauseMs, leftMs), undefined, { signal }).catch(() => undefined)
    const isOver = pauseMs > leftMs || signal.aborted
    if (app.hasEnded()) told(`the app ended by itself, with ${app.end()}: ${app.lines().slice(-3).join(' | ')}`)
    if (isOver) return
    const everything = world.random() < everythingShare
    await app.kill(everything)
    report.kills[everything ? 'everything' : 'app']++
    const startMs = await app.start()
    report.startMs.push(startMs)
    say(`killed ${everything ? 'with all its jobs' : 'the app'}, back after ${(startMs / 1000).toFixed(1)} s; ${report.acts} acts so far`)
  }
}

interface Around {
  app: RunningApp
  data: string
  use: Use
  token: string | undefined
  random: () => number
  acknowledged: Set<number>
}

/** The address stays the same over all starts. */
function worldOf({ app, data, use, token, random, acknowledged }: Around): World {
  const url = app.url()
  return {
    url,
    data,
    client: createClient({ url: new URL(use.api ?? '/holdfast/', url).href, ...(token && { token }) }),
    random,
    pick: (items) => {
      const item = items[Math.floor(random() * items.length)]
      if (item === undefined) throw new Error('There is nothing to pick from.')
      return item
    },
    async ask(path, init) {
      const answer = await fetch(new URL(path, url), init)
      if (answer.status >= 500)
        throw new Error(`${init?.method ?? 'GET'} ${path} answers ${answer.status}: ${(await answer.text()).slice(0, 200)}`)
      return answer
    },
    acknowledged: (job) => void acknowledged.add(job),
  }
}

/** mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
