// What is there when a campaign has come to rest: rows, lines, snapshots, stamps, processes and folders. Gathers; judges nothing.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { JobState, LogLine } from '../../../src/core/job.ts'
import type { Holdfast } from '../../../src/index.ts'
import { sweep } from '../../../src/runner/janitor.ts'
import { openRunner } from '../../../src/runner/runner.ts'
import { frontDoor } from '../../../src/supervisor/front-door.ts'
import { closeInstance, openInstance } from '../../../src/supervisor/open-instance.ts'
import { membersOf } from '../kills/actors.ts'
import { type Change, changesOf } from './database.ts'
import { type Asked, artifacts, type Folders, kindsFor, stampsFile } from './kinds.ts'
import type { Played } from './play.ts'
import { errorsFile } from './runner-process.ts'
import { answersFile } from './web-process.ts'

export interface Evidence {
  /** What users were told: `submitted`, `cancelled`, `retrying` and a job's number. In order. */
  answers: { what: string; job: number }[]
  /** What the jobs themselves wrote down, in the order they did. */
  stamps: Stamp[]
  changes: Change[]
  jobs: JobRow[]
  attempts: AttemptRow[]
  logs: ReadonlyMap<number, readonly LogLine[]>
  /** The middle of a long log can be taken out on the disk they are on. */
  punchesHoles: boolean
  snapshots: Snapshot[]
  touched: ReadonlySet<number>
  torn: readonly string[]
  stuck: readonly number[]
  bystander: Played['bystander']
  /** Processes, folders and links that should not be there. */
  left: string[]
  /** Processes of ours that ended by themselves, and errors that they told. */
  crashes: string[]
}

export interface Stamp {
  what: 'start' | 'beat' | 'stop'
  job: number
  attempt: number
  pid: number
  code: number | null
}

export interface JobRow {
  id: number
  kind: string
  state: JobState
  attempts: number
  /** Of the last attempt. */
  exitCode: number | null
  stopReason: string | null
  failureKind: string | null
  logLines: number
  asked: Asked
}

export interface AttemptRow {
  job: number
  attempt: number
  exitCode: number | null
  runner: string
  /** Epoch milliseconds; null where there is no record. */
  recordedAt: number | null
}

export interface Snapshot {
  artifact: string
  number: number
  job: number
  isCurrent: boolean
  /** Its files, by what is in them; each should say the same. */
  contents: string[]
}

export async function gather(folders: Folders, played: Played): Promise<Evidence> {
  const { witness, troupe, touched, torn, stuck, bystander } = played
  const { logs, snapshots, punchesHoles } = await readThrough(folders)
  return {
    ...{ touched, torn, stuck, bystander, logs, snapshots, punchesHoles },
    answers: rowsIn(join(folders.root, answersFile)).map(([what = '', job]) => ({ what, job: Number(job) })),
    stamps: rowsIn(join(folders.root, stampsFile)).map(stampOf),
    changes: changesOf(witness),
    jobs: witness
      .ask<Omit<JobRow, 'asked'> & { input: string }>(
        `select id, kind, state, attempts, exit_code as exitCode, stop_reason as stopReason, json_extract(failure, '$.kind') as failureKind,
         log_lines as logLines, input from jobs order by id`,
      )
      .map(({ input, ...job }) => ({ ...job, asked: JSON.parse(input) })),
    attempts: witness
      .ask<Omit<AttemptRow, 'recordedAt'> & { folder: string }>(
        'select job_id as job, attempt, exit_code as exitCode, runner_id as runner, folder from attempts order by job_id, attempt',
      )
      .map(({ folder, ...attempt }) => ({ ...attempt, recordedAt: recordedAt(join(folders.data, 'attempts', folder, 'exit')) })),
    left: leftIn(folders, existsSync(join(folders.root, 'bystander'))),
    crashes: [...troupe.crashes, ...rowsIn(join(folders.root, errorsFile)).map((words) => words.join(' '))],
  }
}

// Once more by a runner of its own, which sweeps as if two hours had gone by: what may be of somebody who is just starting is left alone before.
async function readThrough(folders: Folders): Promise<Pick<Evidence, 'logs' | 'snapshots' | 'punchesHoles'>> {
  const logger = { info() {}, warn: console.warn, error: console.error }
  const instance = await openInstance({ data: folders.data, kinds: kindsFor(folders), logger, foldersReady: 1 })
  const { house } = instance
  const runner = await openRunner(house, { kinds: [], slots: 1, adopts: 'all' })
  const holdfast = frontDoor(instance, () => closeInstance(instance, runner))
  await sweep({ ...house, clock: { ...house.clock, now: () => house.clock.now() + 7_200_000 } })
  const logs = new Map<number, LogLine[]>()
  for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null; ) {
    const page = await holdfast.list({ before, limit: 200 })
    for (const { id } of page.jobs) logs.set(id, await wholeLog(holdfast, id))
    before = page.before
  }
  const snapshots: Snapshot[] = []
  for (const artifact of artifacts) {
    const current = (await holdfast.artifact(artifact).current())?.number
    for (const { number, path, jobId } of await holdfast.artifact(artifact).snapshots())
      snapshots.push({ artifact, number, job: jobId, isCurrent: number === current, contents: filesIn(path) })
  }
  const { punchesHoles } = await house.launcher.facilities()
  await holdfast.close()
  return { logs, snapshots, punchesHoles }
}

async function wholeLog(holdfast: Holdfast, id: number): Promise<LogLine[]> {
  const lines: LogLine[] = []
  for (;;) {
    const page = await holdfast.log(id, { after: lines.at(-1)?.seq ?? 0, limit: 500, full: true })
    lines.push(...page.lines)
    if (page.lines.length === 0) return lines
  }
}

function filesIn(path: string): string[] {
  return readdirSync(path)
    .sort()
    .map((name) => `${name} ${readFileSync(join(path, name), 'utf8').trim()}`)
}

function leftIn({ root, data }: Folders, wasSignalled: boolean): string[] {
  const attempts = readdirSync(join(data, 'attempts'))
  return [
    ...membersOf(root).map((pid) => `process ${pid}`),
    ...['runners', 'environments'].flatMap((name) => readdirSync(join(data, name)).map((entry) => `${name}/${entry}`)),
    ...readdirSync(join(data, 'current'))
      .filter((name) => !artifacts.some((artifact) => artifact === name))
      .map((name) => `current/${name}`),
    ...attempts.filter((folder) => existsSync(join(data, 'attempts', folder, 'staging'))).map((folder) => `attempts/${folder}/staging`),
    ...(wasSignalled ? ['the bystander was signalled'] : []),
  ]
}

function recordedAt(file: string): number | null {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat && readFileSync(file, 'utf8') !== '---\n' ? stat.mtimeMs : null
}

function stampOf([what, job, attempt, pid, code]: string[]): Stamp {
  return { what: what as Stamp['what'], job: Number(job), attempt: Number(attempt), pid: Number(pid), code: code ? Number(code) : null }
}

function rowsIn(file: string): string[][] {
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => line.split(' '))
    : []
}
