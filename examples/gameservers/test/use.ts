// How people use gameservers for an hour, and what must hold: no two jobs on one server, nothing beside an installation, one process a server,
// whole files, and pages that say what is so.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Holdfast, openHoldfast } from 'holdfast'
import type { Job } from 'holdfast/client'
import type { Use, World } from '../../hour/use.ts'
import { openDatabase, type Server } from '../database.ts'
import { serverProcesses } from './world.ts'

const person = { name: 'ana', password: 'a long password', role: 'admin' } as const
const count = 4

let cookie: string | null = null

const use: Use = {
  async open(data) {
    await within(data, async ({ access }) => void (await access.addUser({ ...person, isFirst: true })))
    const database = await openDatabase(join(data, 'gameservers'), { forMs: 60_000 })
    for (const number of numbers) await database.addServer(`Reef ${number}`)
    database.close()
    return { close: async () => undefined }
  },

  token: (data) => within(data, async ({ access }) => (await access.addToken({ name: 'hour', role: 'admin' })).token),

  async act(world) {
    const share = world.random()
    const server = 1 + Math.floor(world.random() * count)
    if (share < 0.05) await asks(world, '/admin/install')
    else if (share < 0.6)
      await asks(world, `/servers/${server}/${world.pick(['start', 'start', 'start', 'stop', 'stop', 'initialize', 'delete'])}`)
    else if (share < 0.7) await post(world, `/servers/${server}/console`, { command: 'say hello' })
    else if (share < 0.8)
      await post(world, '/blueprint', {
        revision: await revisionNow(world),
        template: `sv_name "{name}"\nsv_map dm${1 + Math.floor(world.random() * 2)}\n`,
      })
    else await reads(world, world.pick(['/', '/jobs', '/admin', '/blueprint', `/servers/${server}`]))
  },

  async check({ data }) {
    const twice = numbers.filter((id) => serverProcesses(data, id).length > 1)
    return twice.map((id) => `S4.5: server ${id} runs twice`)
  },

  async leave(world) {
    for (const id of numbers) while (!(await asks(world, `/servers/${id}/stop`))) await delay(500)
  },

  async finish(world, jobs) {
    // The page looks before it answers.
    await reads(world, '/')
    const database = await openDatabase(join(world.data, 'gameservers'), { forMs: 60_000 })
    const servers = await database.servers()
    database.close()
    const newest = (id: number) =>
      jobs
        .filter((job) => job.kind !== 'install' && serverOf(job) === id && job.state !== 'cancelled')
        .sort(byEnd)
        .at(-1)
    return [...servers.flatMap((server) => brokenServer(world.data, server, newest(server.id))), ...(await brokenOrder(world, jobs))]
  },
}

export default use

const numbers = Array.from({ length: count }, (_, index) => index + 1)
const serverOf = ({ input }: Job): number | undefined => (input as { server?: number }).server
const byEnd = (a: Job, b: Job): number => (a.finishedAt ?? 0) - (b.finishedAt ?? 0) || a.id - b.id

async function within<Result>(data: string, work: (holdfast: Holdfast) => Promise<Result>): Promise<Result> {
  const holdfast = await openHoldfast({ data, runner: false })
  try {
    return await work(holdfast)
  } finally {
    await holdfast.close()
  }
}

/** False: it is asked for already, and has not ended. */
async function asks(world: World, path: string): Promise<boolean> {
  const answer = await post(world, path, {})
  if (answer.status === 409) return false
  const job = /#job-(\d+)$/.exec(answer.headers.get('location') ?? '')?.[1]
  if (job === undefined) throw new Error(`POST ${path} answers ${answer.status}`)
  world.acknowledged(Number(job))
  return true
}

async function post(world: World, path: string, form: Record<string, string>): Promise<Response> {
  const headers = { origin: world.url, cookie: await signedIn(world) }
  return world.ask(path, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' })
}

async function reads(world: World, path: string): Promise<void> {
  const answer = await world.ask(path, { headers: { cookie: await signedIn(world) }, redirect: 'manual' })
  if (answer.status !== 200 || !(await answer.text()).includes('Sign out'))
    throw new Error(`${path} answers ${answer.status}, or has forgotten who looks`)
}

async function revisionNow(world: World): Promise<string> {
  const page = await world.ask('/blueprint', { headers: { cookie: await signedIn(world) }, redirect: 'manual' })
  return /name="revision" value="(\d+)"/.exec(await page.text())?.[1] ?? ''
}

/** Once: a session outlives every kill. */
async function signedIn(world: World): Promise<string> {
  if (cookie !== null) return cookie
  const init = { method: 'POST', body: new URLSearchParams(person), headers: { origin: world.url }, redirect: 'manual' } as const
  cookie = (await world.ask('/sign-in', init)).headers.get('set-cookie')?.split(';')[0] ?? ''
  return cookie
}

/** Its files are whole, and what is said of it is so. */
function brokenServer(data: string, { id, condition, runtime, revision, lastError }: Server, newest: Job | undefined): string[] {
  const folder = join(data, 'gameservers/servers', String(id))
  const text = (path: string) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : null)
  const broken: string[] = []
  if (!['stopped', 'not set up'].includes(condition)) broken.push(`S4.6: server ${id} is said to be ${condition}`)
  if (runtime !== null && (text('runtime/runtime.json') === null || !existsSync(join(folder, 'program'))))
    broken.push(`S4.5: the runtime of server ${id} is not whole`)
  if (revision !== null && !text('files/server.cfg')?.endsWith('ec_output_level 1\n'))
    broken.push(`S4.5: the configuration of server ${id} is not whole`)
  const hasFailed = newest !== undefined && newest.state !== 'succeeded'
  if (hasFailed !== (lastError !== null)) broken.push(`S4.6: server ${id} says ${lastError}, and job #${newest?.id} is ${newest?.state}`)
  return broken
}

/** S4.2: by when each attempt began and ended. */
async function brokenOrder({ client }: World, jobs: readonly Job[]): Promise<string[]> {
  const spans: { id: number; kind: string; server: number | undefined; from: number; to: number }[] = []
  for (const job of jobs.filter(({ kind, attempts }) => kind !== 'server' && attempts > 0)) {
    const { history } = await client.get(job.id)
    for (const { startedAt, finishedAt } of history)
      if (startedAt !== null && finishedAt !== null)
        spans.push({ id: job.id, kind: job.kind, server: serverOf(job), from: startedAt, to: finishedAt })
  }
  return spans.flatMap((one) =>
    spans
      .filter((other) => other.id > one.id && one.from < other.to && other.from < one.to)
      .filter((other) => one.kind === 'install' || other.kind === 'install' || one.server === other.server)
      .map((other) => `S4.2: ${one.kind} #${one.id} and ${other.kind} #${other.id} ran at the same time`),
  )
}
