// For the tests: the app on a folder and a writer that the test holds, in this process or in one of its own that can be killed.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type Holdfast, type Job, openHoldfast } from 'holdfast'
import { until } from '../../../test/contract/temporary.ts'
import { start } from '../main.ts'
import { type ChatServer, type Fault, openChatServer, type Question } from './chat-server.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
/** For a machine that has much else to do. */
export const patientMs = 120_000

export interface WorldOptions {
  environment?: Record<string, string>
  /** `ngram`: the offline writer. */
  writer?: 'chat' | 'ngram'
}

export type World = Awaited<ReturnType<typeof openWorld>>

/** A world for one test. */
export async function within(name: string, options: WorldOptions, act: (world: World) => Promise<void>): Promise<void> {
  const world = await openWorld(name, options)
  try {
    await act(world)
  } finally {
    await world.close()
  }
}

export async function openWorld(name: string, { environment = {}, writer = 'chat' }: WorldOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), `bookapp-${name}-`))
  const data = join(folder, 'data')
  const chat = await openChatServer()
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  const logger = { info: say, warn: say, error: say }
  const ofChat = { OPENAI_BASE_URL: chat.url, OPENAI_MODEL: 'test-model', OPENAI_API_KEY: 'sk-very-secret', BOOKAPP_PAUSE_SECONDS: '0.1' }
  const ofWriter = { ...(writer === 'chat' ? ofChat : {}), ...environment }
  const closings: (() => Promise<unknown>)[] = []
  let looking: Promise<Holdfast> | null = null
  /** Looks at the folder, whether an app has it open or not. One for all who ask at once: whoever lets go of the folder lets go of it for all. */
  const looker = () => {
    looking ??= openHoldfast({ data, runner: false, logger })
    return looking
  }
  const jobWhen = async (id: number, what: string, is: (job: Job) => unknown): Promise<Job> => {
    const look = async () => {
      const job = await (await looker()).get(id)
      return job !== null && is(job) ? job : null
    }
    try {
      return await until(`${what}, job ${id}`, look, patientMs)
    } catch (error) {
      throw new Error(`${error}: ${JSON.stringify(await (await looker()).get(id))} ${(await logOf(id)).slice(-5).join(' | ')}`)
    }
  }
  const logOf = async (id: number) => (await (await looker()).log(id, { limit: 5_000 })).lines.map(({ text }) => text)

  return {
    data,
    chat,
    ...byTitle(chat),
    /** What the app in this process logged. */
    said,
    looker,
    jobWhen,
    logOf,
    ended: (id: number) => jobWhen(id, 'its end', ({ finishedAt }) => finishedAt !== null),
    /** The app in this process: its jobs are processes all the same. */
    async open() {
      const started = await start({ port: 0, data, environment: ofWriter, logger, out: silent })
      closings.push(started.close)
      return { ...started, ...requestsTo(started.url) }
    },
    /** The app as a process of its own. */
    async serve() {
      const env = { ...process.env, ...ofWriter, HOLDFAST_RUNNER: 'on' }
      const child = spawn(process.execPath, ['--conditions=holdfast-source', main, '--port', '0', '--data', data], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let printed = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk))
      closings.push(() => killed(child))
      const url = await until('the address', () => /^bookapp +(\S+)$/m.exec(printed)?.[1], patientMs)
      return { printed: () => printed, kill: () => killed(child), ...requestsTo(url) }
    },
    /** The folder is nobody's: what looked at it is closed. */
    async letGo() {
      await (await looking)?.close()
      looking = null
    },
    /** The process group of a job: its launcher and all that it started. */
    async pidOf(id: number): Promise<number> {
      return until('its process', async () => (await (await looker()).detail(id))?.history.at(-1)?.pid, patientMs)
    },
    /** What its launcher wrote down of its end. */
    recordOf: (id: number) => recordOf(join(data, 'attempts'), id),
    /** Stops what is left, and everything that was opened. */
    async close() {
      const last = await openHoldfast({ data, runner: true, logger })
      const left = async () => (await last.list({ state: ['queued', 'running', 'stopping'] })).jobs.length
      await last.cancelMany({})
      await until('all are stopped', async () => (await left()) === 0, patientMs)
      for (const close of closings) await close()
      await (await looking)?.close()
      await last.close()
      chat.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function byTitle({ questions, failWith }: ChatServer) {
  const faults = new Map<string, (question: Question) => Fault>()
  failWith((question) => [...faults].find(([title]) => question.prompt.includes(`“${title}”`))?.[1](question) ?? null)
  return {
    /** What is to go wrong with each question about a book of this title. */
    fail: (title: string, fault: (question: Question) => Fault) => void faults.set(title, fault),
    /** What was asked about it. */
    asked: (title: string) => questions.filter(({ prompt }) => prompt.includes(`“${title}”`)),
  }
}

function recordOf(attempts: string, id: number): string {
  const folder = readdirSync(attempts).find((name) => name.startsWith(`${id}-`)) ?? ''
  return readFileSync(join(attempts, folder, 'exit'), 'utf8')
}

const silent = new Writable({ write: (_chunk, _encoding, done) => done() })

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

function requestsTo(url: string) {
  const get = (path: string) => fetch(new URL(path, url))
  return {
    url,
    get,
    text: async (path: string) => (await get(path)).text(),
    /** Orders as the form does. */
    async order(asked: Record<string, string | number>): Promise<{ job: number; created: boolean; book: string }> {
      const form = { premise: '', chapters: '3', words: '60', books: '1', seed: 's', ...asked }
      const body = new URLSearchParams(Object.entries(form).map(([name, value]): [string, string] => [name, `${value}`]))
      const headers = { origin: new URL(url).origin, accept: 'application/json' }
      const answer = await fetch(new URL('/books', url), { method: 'POST', body, headers })
      if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
      return (await answer.json()) as { job: number; created: boolean; book: string }
    },
  }
}

/** Resolves when the test says so. */
export function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { passed: promise, open: () => resolve() }
}

export const isChapter = ({ prompt }: Question): boolean => prompt.startsWith('Write the chapter')

export const isWriting = ({ state, progress }: Job): boolean => state === 'running' && progress?.phase?.name === 'Writing'

export const idFor = (name: string): string => `order-${name.padEnd(6, '0')}`
