// What is going on, and how kinds stand: numbers are found first, then each row is read once. Reading only.
import type { SettledJob } from '../../core/activity.ts'
import type { JobState } from '../../core/job.ts'
import { limits } from '../../core/limits.ts'
import { isSettled } from '../../core/transitions.ts'
import type { KindStanding, Overview, WantedKind } from '../overview.ts'
import type { JobRecord } from '../records.ts'
import { number, numberOrNull, string, stringOrNull, toListedJob } from '../rows.ts'
import type { Row, SqlDatabase } from '../sql-database.ts'
import * as statements from '../statements/activity.ts'
import { listJobs } from '../statements/jobs.ts'
import { readyBehind } from '../statements/queues.ts'
import { withWaiting } from './waiting.ts'

export function activityLooks(database: SqlDatabase): Pick<Overview, 'current' | 'wanted'> {
  return {
    async current({ active, settled }) {
      const [running, queued, ended] = await Promise.all([
        database.query(statements.runningNumbers(active)),
        queuedInOrder(database, active),
        database.query(statements.settledNumbers(settled)),
      ])
      const activeIds = [...numbersOf(running), ...queued].slice(0, active)
      const settledIds = numbersOf(ended)
      const find = await rowsOf(database, [...activeIds, ...settledIds])
      return { active: activeIds.flatMap(find), settled: settledIds.flatMap(find) }
    },
    async wanted({ ids, kinds }) {
      const found = kinds.length === 0 ? [] : await numbersOfKinds(database, kinds)
      const named = found.flatMap(({ activeId, lastId }) => [activeId, lastId].filter((id) => id !== null))
      const find = await rowsOf(database, [...ids, ...named])
      const one = (id: number | null) => (id === null ? null : (find(id)[0] ?? null))
      return {
        jobs: ids.flatMap(find),
        kinds: found.map(({ activeId, lastId, ...standing }) => ({ ...standing, active: one(activeId), last: one(lastId) })),
      }
    },
  }
}

/** Each row once, with what it waits for. A job that was removed meanwhile is not there. */
async function rowsOf(database: SqlDatabase, numbers: readonly number[]): Promise<(id: number) => JobRecord[]> {
  const ids = [...new Set(numbers)]
  if (ids.length === 0) return () => []
  const rows = await database.query(listJobs({ ids, limit: ids.length }))
  const jobs = new Map((await withWaiting(database, rows.map(toListedJob))).map((job) => [job.id, job]))
  return (id) => {
    const job = jobs.get(id)
    return job ? [job] : []
  }
}

/** The ready ones first, then those that wait for something, then those whose time has not come. */
async function queuedInOrder(database: SqlDatabase, atMost: number): Promise<number[]> {
  const newest = await database.query(statements.queuedNumbers(limits.queuedLooked))
  const held = newest.sort((a, b) => rankOf(a) - rankOf(b) || number(a.priority) - number(b.priority) || number(a.id) - number(b.id))
  if (newest.length < limits.queuedLooked) return numbersOf(held).slice(0, atMost)
  const doors = (await database.query(statements.everyDoor(limits.doorsLooked))).map(({ queue, kind }) => ({
    queue: string(queue),
    kind: string(kind),
  }))
  const ready = doors.length === 0 ? [] : await database.query(readyBehind(doors, atMost))
  return [...new Set([...numbersOf(ready), ...numbersOf(held)])].slice(0, atMost)
}

function rankOf({ hold }: Row): number {
  const holds = number(hold)
  return holds === 1 ? 2 : holds === 0 ? 0 : 1
}

interface NumbersOfKind extends Omit<KindStanding, 'active' | 'last'> {
  activeId: number | null
  lastId: number | null
}

interface Seen {
  running: Row[]
  queued: Row[]
  /** The newest jobs of the kind, or of the key. */
  newest: Map<WantedKind, Row[]>
}

async function numbersOfKinds(database: SqlDatabase, wanted: readonly WantedKind[]): Promise<NumbersOfKind[]> {
  const [running, queued, newest] = await Promise.all([
    database.query(statements.runningNumbers(limits.runnersJobs)),
    queuedOf(database, wanted),
    newestOf(database, wanted),
  ])
  return wanted.map((one) => standingOf(one, { running, queued, newest }))
}

/** The newest that wait, of all kinds; of keys each by its index. */
async function queuedOf(database: SqlDatabase, wanted: readonly WantedKind[]): Promise<Row[]> {
  const looks = [...keysOf(wanted)].map(([kind, keys]) => statements.queuedWithKeys(kind, keys))
  if (wanted.some(({ key }) => key === null)) looks.push(statements.queuedNumbers(limits.queuedLooked))
  return (await Promise.all(looks.map((look) => database.query(look)))).flat()
}

async function newestOf(database: SqlDatabase, wanted: readonly WantedKind[]): Promise<Map<WantedKind, Row[]>> {
  const whole = wanted.filter(({ key }) => key === null).map(({ kind }) => kind)
  const near = await ofKinds(database, whole, limits.kindLooked)
  const scarce = whole.filter((kind) => isScarce(near.get(kind) ?? []))
  const far = await ofKinds(database, scarce, limits.kindLookedFurther)
  const keyed = await Promise.all(
    [...keysOf(wanted)].map(([kind, keys]) => database.query(statements.newestWithKeys(kind, keys, limits.keyLooked))),
  )
  const withKeys = keyed.flat()
  return new Map(
    wanted.map((one) => [
      one,
      one.key === null ? (far.get(one.kind) ?? near.get(one.kind) ?? []) : withKeys.filter((row) => isOf(one, row)),
    ]),
  )
}

/** There may be more, and those looked at do not tell. */
function isScarce(rows: readonly Row[]): boolean {
  if (rows.length < limits.kindLooked) return false
  return rows.filter(isOver).length < limits.kindRecent || !rows.some(({ state }) => state === 'succeeded')
}

async function ofKinds(database: SqlDatabase, kinds: readonly string[], each: number): Promise<Map<string, Row[]>> {
  if (kinds.length === 0) return new Map()
  const rows = await database.query(statements.newestOfKinds(kinds, each))
  // The last kind may have been asked for several times.
  const once = new Map(rows.map((row) => [number(row.id), row]))
  return Map.groupBy(once.values(), ({ kind }) => string(kind))
}

function keysOf(wanted: readonly WantedKind[]): Map<string, string[]> {
  const keyed = wanted.flatMap(({ kind, key }) => (key === null ? [] : [{ kind, key }]))
  return new Map([...Map.groupBy(keyed, ({ kind }) => kind)].map(([kind, ones]) => [kind, ones.map(({ key }) => key)]))
}

function standingOf(wanted: WantedKind, { running, queued, newest }: Seen): NumbersOfKind {
  const rows = newest.get(wanted) ?? []
  const over = rows.filter(isOver).sort((a, b) => number(a.finished_at) - number(b.finished_at) || number(a.id) - number(b.id))
  const waiting = [...queued, ...rows.filter(({ state }) => state === 'queued')].filter((row) => isOf(wanted, row))
  const newestWaiting = waiting.reduce<number | null>((best, { id }) => Math.max(best ?? 0, number(id)), null)
  const runs = running.find((row) => isOf(wanted, row))
  return {
    activeId: runs ? number(runs.id) : newestWaiting,
    lastId: over.length === 0 ? null : number(over.at(-1)?.id),
    recent: over.slice(-limits.kindRecent).map(toSettled),
    succeededAt: numberOrNull(over.findLast(({ state }) => state === 'succeeded')?.finished_at ?? null),
  }
}

function isOf({ kind, key }: WantedKind, row: Row): boolean {
  return row.kind === kind && (key === null || stringOrNull(row.unique_key) === key)
}

function isOver({ state }: Row): boolean {
  return isSettled(string(state) as JobState)
}

function toSettled(row: Row): SettledJob {
  return {
    id: number(row.id),
    state: string(row.state) as JobState,
    startedAt: numberOrNull(row.started_at),
    finishedAt: numberOrNull(row.finished_at),
  }
}

function numbersOf(rows: readonly Row[]): number[] {
  return rows.map(({ id }) => number(id))
}
