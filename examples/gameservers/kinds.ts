// The kinds of long work this app has: what each is called, who excludes whom, and where its code is.
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { type Activity, defineJob, type Job } from 'holdfast'
import { z } from 'zod'
import { readRuntime } from './game/runtime.ts'
import { sources } from './game/sources.ts'

export const serverInput = z.object({ server: z.number().int().positive() })
export type ServerInput = z.infer<typeof serverInput>

export const installInput = z.object({ source: z.enum(Object.keys(sources) as [keyof typeof sources]) })
export type InstallInput = z.infer<typeof installInput>

/** How long after a failed try the next one comes. */
const retryMs = Number(process.env.GAMESERVERS_RETRY_MS ?? 15_000)

/** How long a server may take to end since it was asked to. */
export const stopMs = Number(process.env.GAMESERVERS_STOP_MS ?? 10_000)

/** Fetches the game. It excludes everything else that works on servers; what waits behind it is not overtaken by what comes later. */
export const install = defineJob({
  kind: 'install',
  title: 'Install the game',
  input: installInput,
  module: new URL('./operations/install.ts', import.meta.url),
  environment: passedOn('GAMESERVERS_CACHE', 'GAMESERVERS_STEAMCMD'),
  queue: 'operations',
  unique: true,
  locks: ['host'],
  retry: { attempts: 3, delayMs: retryMs, backoff: 'fixed' },
  stallAfterMs: 120_000,
  artifacts: ['runtime'],
  fingerprint: ({ source }) => source,
  validate: async (staging) => {
    const folder = join(staging, 'runtime')
    await access(join(folder, (await readRuntime(folder)).program), 1)
  },
})

export const operations = {
  initialize: operation('initialize', 'Set up', 'Makes the files of a server from the blueprint.'),
  start: operation('start', 'Start', 'Sets a server up, starts it and waits until its console answers.'),
  stop: operation('stop', 'Stop', 'Asks a server to shut down, and ends it where it does not.'),
  delete: operation('delete', 'Delete', 'Stops a server and removes its files. It stays in the list.'),
} as const
export type Operation = keyof typeof operations

export const isOperation = (name: string): name is Operation => Object.hasOwn(operations, name)

/** One job at a time works on a server; different servers side by side; none while the game is being installed. */
function operation<Kind extends string>(kind: Kind, title: string, description: string) {
  return defineJob({
    kind,
    title,
    description,
    input: serverInput,
    module: new URL(`./operations/${kind}.ts`, import.meta.url),
    environment: passedOn('GAMESERVERS_HEALTH_MS', 'GAMESERVERS_STOP_MS'),
    queue: 'operations',
    unique: ({ server }) => String(server),
    // Asked for twice it would not be the last word: what waits between the two may undo the first.
    uniquePolicy: 'refuse',
    locks: ({ server }) => [{ key: 'host', mode: 'shared' }, `server:${server}`],
    // One that is cancelled may have a server to stop.
    stopGraceMs: stopMs + 5_000,
  })
}

/** A server that runs, for as long as it runs: no lock keys, so that it is in nobody's way, no time limit, and silence is fine. */
export const server = defineJob({
  kind: 'server',
  title: 'Server',
  description: 'A game server, from its start to its end.',
  input: serverInput,
  command: ({ server }) => [
    'sh',
    '-c',
    'cd "$HOLDFAST_DATA/gameservers/servers/$1" && exec ./program -f server.cfg',
    'server',
    String(server),
  ],
  queue: 'servers',
  unique: ({ server }) => String(server),
  // The operation has asked its console before; who cancels it himself wants it gone.
  stopGraceMs: 1_000,
  // All of it, for as long as it runs: 1 TiB.
  logBytes: 2 ** 40,
})

/** How the kinds of one server stand: its operations, and itself. */
export type Standing = Activity['kinds']

/** The job that is the running server. */
export const runningOf = (standing: Standing): Job | null => standing.find(({ kind }) => kind === server.kind)?.active ?? null

/** The operations that wait or are under way. */
export const operatedOn = (standing: Standing): Job[] =>
  standing.flatMap(({ kind, active }) => (active && isOperation(kind) ? [active] : []))

export const kinds = [install, ...Object.values(operations), server]

export const queues = { operations: { concurrency: 4 }, servers: { concurrency: null } }

/** What is set of these variables of the app, for its jobs. */
function passedOn(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
}
