// Looks over all jobs at once: counts of which the long part is remembered for a while, and pages that look at so many jobs and no more.
import { type JobState, jobStates } from '../../core/job.ts'
import { limits } from '../../core/limits.ts'
import type { JobCounts } from '../../core/views.ts'
import type { Overview, PageFilter, RecordPage, Standing } from '../overview.ts'
import { number, numberOrNull, string, toListedJob } from '../rows.ts'
import type { Row, SqlDatabase } from '../sql-database.ts'
import { listJobs } from '../statements/jobs.ts'
import * as statements from '../statements/overview.ts'
import { allKinds, longestWait } from '../statements/queues.ts'
import { activityLooks } from './activity.ts'
import { toKind } from './queue-store.ts'
import { withWaiting } from './waiting.ts'

/** `slowMs`: what takes longer than this is remembered. */
export function overview(database: SqlDatabase, slowMs: number = limits.countSlowMs): Overview {
  const settledLongAgo = rememberedCount(database, slowMs)
  return {
    async counts({ now }) {
      const old = await settledLongAgo(now)
      const [active, recent] = await Promise.all([
        database.query(statements.countActive()),
        database.query(statements.countSettledAfter(old.until)),
      ])
      const counts = Object.fromEntries(jobStates.map((state) => [state, 0])) as JobCounts
      for (const row of [...old.rows, ...active, ...recent]) counts[string(row.state) as JobState] += number(row.jobs)
      return counts
    },
    standing: ({ since }) => standing(database, since),
    queued: async ({ kind, atMost }) => number((await database.query(statements.countQueued(kind, atMost)))[0]?.jobs ?? 0),
    kinds: async () => (await database.query(allKinds())).map(toKind),
    page: (filter) => page(database, filter),
    ...activityLooks(database),
  }
}

interface Counted {
  /** Those that settled by then. */
  until: number
  rows: Row[]
}

/** A million of them take some 50 ms to count, and hardly change: only retries and retention take any away. */
function rememberedCount(database: SqlDatabase, slowMs: number): (now: number) => Promise<Counted> {
  let kept: (Counted & { countedAt: number; forMs: number }) | null = null
  return async (now) => {
    if (kept !== null && now >= kept.countedAt && now - kept.countedAt < kept.forMs) return kept
    const until = now - limits.countRecentMs
    const startedAt = performance.now()
    const rows = await database.query(statements.countSettledUntil(until))
    const tookMs = performance.now() - startedAt
    kept = { until, rows, countedAt: now, forMs: tookMs < slowMs ? 0 : tookMs * limits.countTimes }
    return kept
  }
}

async function standing(database: SqlDatabase, since: number): Promise<Standing> {
  const [[counted], [oldest], [last]] = await Promise.all([
    database.query(statements.countStanding(since)),
    database.query(longestWait()),
    database.query(statements.lastSettled()),
  ])
  return {
    stalled: number(counted?.stalled ?? 0),
    failed: number(counted?.failed ?? 0),
    succeeded: number(counted?.succeeded ?? 0),
    oldestQueuedAt: numberOrNull(oldest?.available_at),
    last: last
      ? { id: number(last.id), kind: string(last.kind), state: string(last.state) as JobState, finishedAt: number(last.finished_at) }
      : null,
  }
}

async function page(database: SqlDatabase, filter: PageFilter): Promise<RecordPage> {
  if (filter.state?.length === 0) return { jobs: [], before: null }
  const asked = { ...filter, limit: filter.limit + 1 }
  const leads = leadsOf(filter)
  const isWhole = leads.length <= 1 && filter.submittedBy === undefined && filter.schedule === undefined
  if (isWhole) return pageOf(database, await database.query(listJobs(asked)), { limit: filter.limit, before: null })
  const reach = await furthest(database, leads, filter.before ?? Number.MAX_SAFE_INTEGER)
  return pageOf(database, await database.query(statements.pageAlong(reach, asked)), { limit: filter.limit, before: reach.least })
}

function leadsOf({ state, kind, queue }: PageFilter): statements.Lead[] {
  return [...(kind === undefined ? [] : [{ kind }]), ...(queue === undefined ? [] : [{ queue }]), ...(state ? [{ state }] : [])]
}

/** The lead that comes to its end, or the furthest back. `least`: the last one looked at; null: there are no more behind it. */
async function furthest(database: SqlDatabase, leads: readonly statements.Lead[], before: number) {
  const reaches: (statements.Reach & { least: number | null })[] = []
  for (const lead of leads.length === 0 ? [{}] : leads) {
    const [row] = await database.query(statements.reachOf({ lead, before }))
    const isAll = number(row?.jobs ?? 0) < limits.listLooked
    reaches.push({ lead, before, least: isAll ? null : numberOrNull(row?.least) })
  }
  return reaches.reduce((best, one) => ((one.least ?? 0) < (best.least ?? 0) ? one : best))
}

async function pageOf(database: SqlDatabase, rows: Row[], end: { limit: number; before: number | null }): Promise<RecordPage> {
  const jobs = rows.slice(0, end.limit).map(toListedJob)
  const before = rows.length > end.limit ? (jobs.at(-1)?.id ?? null) : end.before
  return { jobs: await withWaiting(database, jobs), before }
}
