// Where the tests of the queue keep their jobs: on SQLite and, most of them in on-postgres.long.test.ts, on Postgres, with real runners and real processes.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe } from 'node:test'
import { defineJob, type Holdfast, type JobDefinition, type OpenOptions } from '../../src/index.ts'
import { openApart } from '../../src/supervisor/open-holdfast.ts'
import { settled, shell } from '../contract/opened.ts'
import { type TestSchema, testSchema } from '../contract/postgres-cluster.ts'
import { temporaryFolder } from '../contract/temporary.ts'

const ignored = { info() {}, warn() {}, error() {} }

export interface Place {
  kind: 'sqlite' | 'postgres'
  /** The data folder. */
  data: string
  /** The address of its database; undefined where that is a file in the folder. */
  database(): string | undefined
  /** Opens Holdfast with a runner, unless the options say otherwise. */
  open(kinds?: readonly JobDefinition<unknown>[], options?: OpenOptions): Promise<Holdfast>
  /** A kind whose file has this as its default export's body; `job`, `doNotRetry`, `retryLater` and `snooze` are known in it. */
  moduleJob(kind: string, body: string, more?: object): JobDefinition<unknown>
  /** A path for a file that jobs and the test share. */
  path(name: string): string
}

export function onEachDatabase(name: string, suite: (place: Place) => void): void {
  describe(`${name}, SQLite`, () => suite(placeOn('sqlite')))
  describe(`${name}, Postgres`, () => suite(placeOn('postgres')))
}

/** On SQLite, or on Postgres where `QUEUE_DATABASE` says so. */
export function onOneDatabase(name: string, suite: (place: Place) => void): void {
  const isPostgres = process.env.QUEUE_DATABASE === 'postgres'
  describe(`${name}, ${isPostgres ? 'Postgres' : 'SQLite'}`, () => suite(placeOn(isPostgres ? 'postgres' : 'sqlite')))
}

function placeOn(kind: 'sqlite' | 'postgres'): Place {
  const opened: Holdfast[] = []
  let schema: TestSchema | null = null
  before(async () => {
    if (kind === 'postgres') schema = await testSchema()
  })
  // A runner that stayed would look at every later test's changes too.
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close()
  })
  // Before the folder is made, so that it is still there when this runs.
  after(async () => {
    const last = await open()
    await last.cancelMany({})
    const { jobs } = await last.list({ state: ['queued', 'running', 'stopping'], limit: 200 })
    await Promise.all(jobs.map((job) => settled(last, job.id, 5_000)))
    await last.close()
    await schema?.drop()
  })
  const data = temporaryFolder('queue')
  mkdirSync(join(data, 'files'))
  const path = (name: string) => join(data, 'files', name)

  async function open(kinds: readonly JobDefinition<unknown>[] = [], options: OpenOptions = {}): Promise<Holdfast> {
    const database = schema ? { database: schema.address } : {}
    const one = await openApart({ data, logger: ignored, kinds: [shell, ...kinds], runner: true, ...database, ...options })
    opened.push(one)
    return one
  }

  function moduleJob(name: string, body: string, more: object = {}): JobDefinition<unknown> {
    const words = new URL('../../src/job.ts', import.meta.url).href
    const head = `import { doNotRetry, retryLater, snooze } from '${words}'\n`
    writeFileSync(path(`${name}.mjs`), `${head}export default async (job) => {\n${body}\n}\n`)
    return defineJob<unknown>({ kind: name, module: path(`${name}.mjs`), stopGraceMs: 2_000, ...more })
  }

  return { kind, data, database: () => schema?.address, open, moduleJob, path }
}

/** A shell job with a policy of the test's. The input is the script. */
export function script(kind: string, more: object = {}): JobDefinition<string> {
  return defineJob<string>({ kind, command: (text) => ['sh', '-c', text], stopGraceMs: 300, ...more })
}

/** One line of shell that says an event. */
export function say(event: object): string {
  return `echo '${JSON.stringify(event)}' >> "$HOLDFAST_EVENTS"`
}

/** A runner in a process of its own, to be killed. It knows one kind, by the text of its definition. */
export function spawnRunner(place: Place, definition: string): ChildProcess {
  const index = new URL('../../src/index.ts', import.meta.url).href
  const file = place.path('runner.mjs')
  const options = `{ data: ${JSON.stringify(place.data)}, kinds: [${definition}], runner: true, database: ${JSON.stringify(place.database())} }`
  writeFileSync(file, `import { defineJob, openHoldfast } from '${index}'\nawait openHoldfast(${options})\n`)
  return spawn(process.execPath, ['--conditions=holdfast-source', file], { stdio: 'ignore' })
}
