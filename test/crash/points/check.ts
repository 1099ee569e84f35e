// What must be true after a kill: at once of what readers see, and of everything once another process has brought it to its end.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Holdfast, Job } from '../../../src/index.ts'
import { sweep } from '../../../src/runner/janitor.ts'
import { isLiving } from '../../contract/launched.ts'
import { until } from '../../contract/temporary.ts'
import { lives, startsFile } from './lives.ts'
import { linesOf, type Opened, type Place } from './play.ts'

/** I8: a reader who comes right after the kill sees a whole snapshot, the old one or the new one. */
export function checkAtOnce(place: Place, life: string): void {
  const publishes = lives[life]?.ends.publishes
  for (const artifact of publishes?.artifacts ?? []) jobOfCurrent(place, artifact, publishes?.files ?? [])
}

// Through the link, as a reader in another language: all files are of one job.
function jobOfCurrent({ data }: Place, artifact: string, files: readonly string[]): number {
  const current = realpathSync(join(data, 'current', artifact))
  const contents = new Set(files.map((file) => readFileSync(join(current, file), 'utf8')))
  assert.equal(contents.size, 1, `I8: the current snapshot of ${artifact} is of one job: ${[...contents]}`)
  assert.deepEqual(readdirSync(current).sort(), [...files].sort(), `I8: ${artifact} is complete`)
  return Number([...contents][0])
}

export async function checkAfter(place: Place, life: string, { holdfast, house }: Opened): Promise<void> {
  // What a sweep leaves alone because it may be of somebody who is just starting is gone in the sweep of two hours later.
  await sweep({ ...house, clock: { ...house.clock, now: () => house.clock.now() + 7_200_000 } })
  const { jobs } = await holdfast.list()
  checkTold(place, jobs)
  for (const job of jobs) await checkJob(place, holdfast, { job, life })
  for (const key of await holdfast.locks.list()) assert.deepEqual(key.heldBy, [], `I3: nobody holds ${key.key} any more`)
  await checkSnapshots(place, holdfast, { life, jobs })
  await until('I13: every process of its jobs is gone', () => membersOf(place.data).length === 0)
}

// I1: what was said to have been submitted is there, and nothing else is; what was said to have ended has.
function checkTold({ told }: Place, jobs: readonly Job[]): void {
  for (const line of linesOf(told)) {
    // Of an artifact, and held against it later.
    if (line.startsWith('rolled back ')) continue
    const [what = '', id] = line.split(' ')
    const job = jobs.find((one) => one.id === Number(id))
    assert.ok(job, `I1: the user was told "${line}" and there is no such job`)
    if (['succeeded', 'failed', 'cancelled', 'interrupted'].includes(what)) assert.equal(job.state, what, `I5: the user was told "${line}"`)
  }
}

async function checkJob(place: Place, holdfast: Holdfast, { job, life }: { job: Job; life: string }): Promise<void> {
  const ends = lives[life]?.ends
  if (!ends) return
  assert.deepEqual({ state: job.state, attempts: job.attempts }, { state: ends.state, attempts: ends.attempts }, `I1 I4 I11: job ${job.id}`)
  if (ends.result !== undefined) assert.equal(job.result, ends.result)
  const detail = await holdfast.detail(job.id)
  const settledEvents = detail?.events.filter(({ name }) => name === ends.state) ?? []
  assert.equal(settledEvents.length, 1, `I5: job ${job.id} settled once`)
  const starts = linesOf(join(place.folder, startsFile)).filter((line) => line.startsWith(`${job.id} `))
  assert.deepEqual(
    starts.map((line) => Number(line.split(' ')[1])),
    Array.from({ length: ends.attempts }, (_, index) => index + 1),
    `I4: each attempt of job ${job.id} started once, in turn`,
  )
  await checkLines(holdfast, job.id, ends)
}

async function checkLines(holdfast: Holdfast, id: number, { attempts, lines }: { attempts: number; lines: (attempt: number) => string[] }) {
  const log = (await holdfast.log(id, { limit: 5_000 })).lines
  assert.deepEqual(
    log.map(({ seq }) => seq),
    log.map((_, index) => index + 1),
    `I7: lines of job ${id} are numbered without gap`,
  )
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const written = log.filter((line) => line.stream === 'stdout' && line.attempt === attempt).map(({ text }) => text)
    assert.deepEqual(written, lines(attempt), `I7: each line of attempt ${attempt} of job ${id} once`)
  }
}

async function checkSnapshots(place: Place, holdfast: Holdfast, { life, jobs }: { life: string; jobs: readonly Job[] }): Promise<void> {
  const publishes = lives[life]?.ends.publishes
  if (!publishes) return
  // A job that was never asked for publishes nothing.
  const last = Math.max(...jobs.map(({ id }) => id))
  const expected = publishes.current?.(linesOf(place.told)) ?? [last]
  for (const artifact of publishes.artifacts) {
    const pointer = await holdfast.artifact(artifact).current()
    assert.equal(realpathSync(join(place.data, 'current', artifact)), pointer?.path, `I8: link and database agree about ${artifact}`)
    const jobId = jobOfCurrent(place, artifact, publishes.files)
    assert.equal(pointer?.jobId, jobId, `I8: ${artifact} is of the job that the database says`)
    assert.ok(expected.includes(jobId), `I8: ${artifact} is of job ${jobId}, not of ${expected}`)
    assert.equal(readdirSync(join(place.data, 'snapshots', artifact)).length, jobs.length, `I8: a snapshot of ${artifact} for each success`)
    const readers = (await holdfast.artifact(artifact).detail())?.kept.flatMap((snapshot) => snapshot.readers) ?? []
    assert.deepEqual(readers, [], `I13: nobody who was killed still reads ${artifact}`)
  }
}

/** I13: what is there when everybody has gone. */
export function checkClosed({ data }: Place): void {
  const isKnown = (name: string) =>
    /^(attempts|current|database\.json|doorbell(-lines)?|environments|holdfast\.db(-wal|-shm)?|runners|snapshots|starts)$/.test(name)
  assert.deepEqual(
    readdirSync(data).filter((name) => !isKnown(name)),
    [],
    'I13: nothing lies about in the data folder',
  )
  assert.deepEqual(readdirSync(join(data, 'runners')), [], 'I13: no runner left its folder')
  assert.deepEqual(readdirSync(join(data, 'environments')), [], 'I13: no environment is left')
  assert.deepEqual(
    readdirSync(join(data, 'current')).filter((name) => name !== 'index' && name !== 'taste'),
    [],
    'I13: no half-made link is left',
  )
  for (const folder of readdirSync(join(data, 'attempts'))) {
    const names = readdirSync(join(data, 'attempts', folder))
    assert.ok(!names.includes('staging'), `I13: ${folder} keeps no staging folder`)
  }
}

function membersOf(data: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isLiving(pid) && environmentOf(pid).includes(`HOLDFAST_DIR=${data}/`))
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    return ''
  }
}
