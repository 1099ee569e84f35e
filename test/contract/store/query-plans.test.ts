// The plans of the hot statements, as data: none reads a large table whole, and those that must be flat go by the index made for them.
// The tables are full of settled jobs and of waiting ones of every sort, and the database knows it (`analyze`).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import sql, { type Sql } from 'sql-template-tag'
import { endingOf } from '../../../src/core/ending.ts'
import { migrate } from '../../../src/store/migrations/migrate.ts'
import type { Row } from '../../../src/store/sql-database.ts'
import * as activity from '../../../src/store/statements/activity.ts'
import * as artifacts from '../../../src/store/statements/artifacts.ts'
import * as attempts from '../../../src/store/statements/attempts.ts'
import * as claims from '../../../src/store/statements/claims.ts'
import * as dependencies from '../../../src/store/statements/dependencies.ts'
import * as jobs from '../../../src/store/statements/jobs.ts'
import * as locks from '../../../src/store/statements/locks.ts'
import * as logs from '../../../src/store/statements/logs.ts'
import * as overview from '../../../src/store/statements/overview.ts'
import * as queues from '../../../src/store/statements/queues.ts'
import * as retention from '../../../src/store/statements/retention.ts'
import { type OpenedDatabase, postgres, sqliteInMemory, write } from './databases.ts'
import { endOf, newJob } from './stores.ts'

const fence = { jobId: 15_050, attempt: 1, leaseToken: 1 }
const end = endOf('well')
const ending = endingOf(
  {
    state: 'running',
    stopReason: null,
    stopWhy: null,
    stopAskedBy: null,
    attempts: 1,
    attemptsExcused: 0,
    interruptions: 0,
    spec: newJob().spec,
  },
  end,
  { newerQueued: null, random: 0, now: 9 },
)
assert.ok(ending)
const seen = { blocks: [], heartbeatAt: 1 }
const failure = { kind: 'cancelled', message: '', lastLines: [], logSeq: null } as const
const queuedEnd: jobs.QueuedToSettle = {
  id: 17_000,
  state: 'cancelled',
  failure: { ...failure, lastLines: [] },
  stopReason: null,
  by: null,
  isLogged: false,
  now: 1,
}

const pin = { program: 'web', hostId: 'h', bootId: 'b', pid: 1, processStartedAt: null }

/** Name, statement, and the index it must use where the choice of another would be no scan and slow all the same. */
const hot: [string, Sql, string?][] = [
  ['claim: doors with their first ready jobs', queues.doorsWithHeads(), 'jobs_ready'],
  [
    'claim: ready jobs',
    queues.readyBehind(
      [
        { queue: 'default', kind: 'rebuild' },
        { queue: 'night', kind: 'scan' },
      ],
      64,
    ),
    'jobs_ready',
  ],
  ['claim: is a key flagged', locks.flaggedKeys(), 'lock_keys_wake'],
  ['claim: is anything ready', queues.anyReady(), 'jobs_ready'],
  ['claim: take the flagged keys', locks.takeFlagged(16), 'lock_keys_wake'],
  ['claim: heads of the lines', locks.parkedOn([1, 2, 3], 16), 'jobs_parked'],
  ['claim: candidates', claims.candidates([15_001, 15_002])],
  ['claim: their wishes', locks.locksOf([15_001, 15_002])],
  ['claim: lines of the keys', locks.keyLines([1, 2]), 'locks_line'],
  ['claim: lines of keys with a limit', locks.limitedLines([{ keyId: 1, capacity: 2 }])[0]!, 'locks_line'],
  ['claim: claimed', claims.claimJob({ id: 15_001, runnerId: 'r', now: 1 })],
  ['claim: held', locks.setStage(15_001, 2)],
  ['claim: parked', claims.parkJob(15_001, 1, 1)],
  ['claim: unparked', claims.unparkJob(15_001, 1)],
  ['claim: flagged', locks.flagKeys([1, 2], 1)],
  ['submit: active with the key', jobs.activeWithKey('rebuild', 'k'), 'jobs_unique_queued'],
  ['submit: states of those it waits for', jobs.statesOf([1, 2, 3])],
  ['submit: dependency', dependencies.insertDependency(15_001, 1, false)],
  ['submit: wish', locks.wishFor({ jobId: 15_001, lock: { key: 'key 5', mode: 'shared' }, priority: 0 })],
  ['settle: the job by its lease', claims.leasedJob(fence)],
  ['read: the current snapshot', artifacts.artifactsWithCurrent(['index'])],
  ['read: jobs for an artifact', artifacts.newestBuilds(['index'], 20)],
  ['read: say that it is read', artifacts.pinKept([1, 2], { ...pin, holder: 'me' }, 1)],
  ['read: say that others are not', artifacts.unpin('me', [1, 2]), 'pins_holder'],
  ['settle: newer queued', jobs.newerQueued({ id: 1, kind: 'rebuild', uniqueKey: 'k' }), 'jobs_unique_queued'],
  ['settle: ended', claims.endJob({ fence, ending, end })],
  ['settle: queued again', claims.endJob({ fence, ending: { ...ending, availableAt: 5 }, end })],
  ['settle: the attempt', attempts.endAttempt({ fence, end, failure: null, stopReason: null })],
  ['settle: flags its keys', locks.flagKeysOf(15_001, 1)],
  ['settle: gives them up', locks.removeLocks(15_001)],
  ['cancel: a queued one', jobs.settleQueuedJob(queuedEnd), 'dependencies_untold'],
  [
    'cancel: a running one',
    jobs.markStopAsked({ id: 15_050, state: 'stopping', reason: 'cancel', why: null, by: null, isLogged: true, now: 1 }),
  ],
  ['retry', jobs.queueAgain({ id: 1, hold: 0, needs: 0, locks: 0, fromCheckpoint: false, now: 1 })],
  ['retry: states of those it needs', dependencies.statesNeeded(15_001)],
  ['promote: is there anything', dependencies.promotable(), 'jobs_timed'],
  ['promote: what is due', dependencies.promoteDue(500, 50), 'jobs_timed'],
  ['promote: what expires', dependencies.expiredJobs(500, 500), 'jobs_expiring'],
  ['promote: who has settled', dependencies.settledToTell(), 'jobs_promoting'],
  ['promote: who waits for it', dependencies.dependentsToTell(5, 500), 'dependencies_untold'],
  ['promote: told', dependencies.tell(5, [15_001, 15_002])],
  ['promote: one less', dependencies.needOneLess([15_001, 15_002], 1)],
  ['observe', claims.observeJob({ fence, seen, log: { lines: 0, bytes: 0, middle: null, isDropped: false }, now: 1 })],
  ['observe: the attempt', attempts.observeAttempt({ fence, seen })],
  ['observe: checkpoint', claims.saveCheckpoint({ fence, value: '1', now: 1 })],
  ['log: blocks after', logs.blocksAfter({ jobId: 1, after: 200, limit: 10 })],
  ['log: blocks after, one stream', logs.blocksAfter({ jobId: 1, after: 200, streams: ['stdout'], limit: 10 })],
  ['log: blocks before', logs.blocksBefore({ jobId: 1, before: 200, limit: 10 })],
  [
    'log: blocks before, a stream that is hardly there',
    logs.blocksBefore({ jobId: 1, before: 6_000, streams: ['system'], limit: 10 }),
    'log_blocks_stream',
  ],
  [
    'log: blocks after, several streams',
    logs.blocksAfter({ jobId: 1, after: 200, streams: ['stderr', 'system'], limit: 10 }),
    'log_blocks_stream',
  ],
  ['log: the middle', logs.bareBlocks(1, 200, 1_000)],
  ['log: taken out', logs.removeBlocks(1, 200, 300)],
  ['log: files to be written anew', jobs.listJobs({ unsealed: true, limit: 50 }), 'jobs_unsealed'],
  ['log: written anew', logs.markSealed(1)],
  ['rescue: whether anybody is not looked after', jobs.unsettledNumbers(), 'jobs_(running|state)'],
  ['rescue: what is not settled', jobs.unsettledJobs(), 'jobs_(running|state)'],
  ['rescue: their attempts', attempts.attemptsUnsettled(), 'jobs_(running|state)'],
  ['list: one state', jobs.listJobs({ state: ['expired'], limit: 50 }), 'jobs_state'],
  ['list: one kind, a page', jobs.listJobs({ kind: 'rare', before: 14_000, limit: 50 }), 'jobs_kind'],
  ['list: numbers', jobs.listJobs({ ids: [1, 2, 3], limit: 50 })],
  ['one job: its events', jobs.eventsOf(1, 50), 'job_events_job'],
  ['one job: its attempts', attempts.attemptsOf(1, 50)],
  ['one job: what it needs', dependencies.neededBy(15_001)],
  ['waiting: for jobs', dependencies.stillNeeded([15_001, 15_002])],
  ['waiting: for keys', locks.holdersOf([1, 2], 10)],
  ['prune: too many', retention.tooMany('succeeded', 100), 'jobs_finished'],
  ['prune: old ones', retention.settledUntil('succeeded', { finishedAt: 50, id: 7 }, 200), 'jobs_finished'],
  ['prune: removed', retention.removeJobs([1, 2])],
  ['overview: what settled long ago', overview.countSettledUntil(9), 'jobs_finished'],
  ['overview: what settled lately', overview.countSettledAfter(14_990), 'jobs_finished'],
  ['overview: the last day', overview.countStanding(14_990), 'jobs_finished'],
  ['overview: the longest wait', queues.longestWait(), 'jobs_ready'],
  ['overview: the last one', overview.lastSettled(), 'jobs_finished'],
  ['overview: queued of a kind', overview.countQueued('rare', 100)],
  ['overview: how far along a kind', overview.reachOf({ lead: { kind: 'rare' }, before: 14_000 }), 'jobs_kind'],
  [
    'overview: a page along a kind',
    overview.pageAlong({ lead: { kind: 'rare' }, before: 14_000 }, { kind: 'rare', state: ['failed'], submittedBy: 'ana', limit: 50 }),
    'jobs_kind',
  ],
  [
    'overview: a page along states',
    overview.pageAlong({ lead: { state: ['expired'] }, before: 14_000 }, { kind: 'rare', state: ['expired'], limit: 50 }),
    'jobs_state',
  ],
  ['activity: what runs', activity.runningNumbers(50)],
  ['activity: what waits', activity.queuedNumbers(1_000)],
  ['activity: what waits with a key', activity.queuedWithKeys('rebuild', ['w15105', 'w15106']), 'jobs_unique_queued'],
  ['activity: what settled last', activity.settledNumbers(20), 'jobs_finished'],
  ['activity: the newest of kinds', activity.newestOfKinds(['rare', 'nothing'], 60), 'jobs_kind'],
  ['activity: the newest with a key', activity.newestWithKeys('rare', ['k', 'x'], 2_000), 'jobs_kind'],
  ['list: several states', jobs.listJobs({ state: ['failed', 'cancelled', 'expired'], limit: 50 }), 'jobs_state'],
]

const large = ['jobs', 'job_locks', 'log_blocks', 'dependencies', 'job_events', 'attempts', 'snapshots', 'job_artifacts', 'builds', 'pins']

// 15,000 settled, 50 running, 2,000 waiting of each sort (ready, time, key, job); a log of 3,000 blocks; 5,000 keys.
const range = (from: number, to: number) =>
  `(with recursive r(n) as (select ${from} union all select n + 1 from r where n < ${to}) select n from r) as numbers`
const columns = 'kind, queue, state, hold, parked_key, priority, available_at, expire_at, unique_key, input, spec, submitted_at, updated_at'
const kindOf = `case when n % 900 = 1 then 'rare' when n % 4 = 0 then 'scan' else 'rebuild' end, case when n % 5 = 0 then 'night' else 'default' end`
const waiting = (from: number, hold: number, key: string) => `insert into jobs (${columns})
  select ${kindOf}, 'queued', ${hold}, ${key}, 0, n, case when n % 10 = 0 then n + 100000 end, 'w' || n, 'null', '{}', 1, 1 from ${range(from, from + 1_999)}`
const filling = [
  `insert into queues (name) values ('default'), ('night')`,
  `insert into kinds (name) values ('rebuild'), ('scan')`,
  'insert into queue_kinds (queue, kind) select queues.name, kinds.name from queues cross join kinds',
  `insert into lock_keys (name, capacity, wake_at) select 'key ' || n, case when n % 50 = 0 then 2 end, case when n % 400 = 0 then 1 end from ${range(1, 5_000)}`,
  `insert into jobs (kind, queue, state, available_at, unique_key, input, spec, submitted_at, finished_at, updated_at, promotes)
    select ${kindOf}, case when n % 1000 = 2 then 'expired' when n % 3 = 0 then 'failed' when n % 7 = 0 then 'cancelled' else 'succeeded' end, 1, 'k', 'null', '{}', 1, n, 1, case when n % 5000 = 0 then 1 else 0 end
    from ${range(1, 15_000)}`,
  waiting(15_101, 0, 'null'),
  waiting(17_101, 1, 'null'),
  waiting(19_101, 2, '1 + n % 200'),
  waiting(21_101, 3, 'null'),
  `insert into jobs (kind, queue, state, runner_id, available_at, unique_key, input, spec, submitted_at, updated_at, attempts)
    select ${kindOf}, 'running', 'r', 1, 'r' || n, 'null', '{}', 1, 1, 1 from ${range(1, 50)}`,
  `insert into job_locks (job_id, key_id, mode, priority, stage) select id, parked_key, 1 + id % 2, 0, 1 from jobs where hold = 2`,
  `insert into job_locks (job_id, key_id, mode, priority, stage) select id, 1 + id % 200, 1, 0, 2 from jobs where state = 'running'`,
  'insert into dependencies (job_id, needs_job_id, told) select id, 1 + id % 1000, 0 from jobs where hold = 3',
  `insert into dependencies (job_id, needs_job_id, told) select id, id - 5000, 1 from jobs where finished_at is not null and id > 6000`,
  `insert into job_events (job_id, version, at, name) select id, 1, 1, 'submitted' from jobs`,
  `insert into artifacts (name) select 'index ' || n from ${range(1, 50)}`,
  `insert into job_artifacts (artifact, job_id) select 'index ' || (1 + id % 50), id from jobs`,
  `insert into snapshots (artifact, number, job_id, attempt, folder, files, bytes, published_at) select 'index ' || (1 + id % 50), id, id, 1, 'f', 1, 1, 1
    from jobs where state = 'succeeded'`,
  `update artifacts set current_snapshot_id = (select max(id) from snapshots where artifact = artifacts.name)`,
  `insert into pins (snapshot_id, holder, program, host_id, boot_id, pid, pinned_at, seen_at) select id, 'h' || id, 'p', 'h', 'b', 1, 1, 1 from snapshots where id % 3 = 0`,
  `insert into attempts (job_id, attempt, state, protocol, folder, runner_id, host_id, boot_id, started_at)
    select id, 1, 'ended', 1, 'f', 'r', 'h', 'b', 1 from jobs where state <> 'queued'`,
  `insert into log_blocks (job_id, first_seq, line_count, attempt, stream, byte_offset, byte_length, at)
    select case when n <= 3000 then 1 else n % 10000 + 2 end, n * 2 - 1, 2, 1, 1 + n % 2, n * 10, 10, 1 from ${range(1, 15_000)}`,
]

async function filled({ open, isAnalyzed }: Planner): Promise<OpenedDatabase> {
  const opened = await open()
  await migrate({ database: opened.database, copy: null, folderInode: 'test', now: 1 })
  for (const statement of filling) await write(opened.database, statement)
  if (isAnalyzed) await write(opened.database, 'analyze')
  return opened
}

interface Planner {
  name: string
  isAnalyzed: boolean
  open: () => Promise<OpenedDatabase>
  explain: (statement: Sql) => Sql
  /** What the plan says, a line each. */
  lines: (rows: Row[]) => string[]
  /** Reads a table whole. A table with another name before it is a part of the plan with a name of its own. */
  scans: (line: string) => boolean
}

const sqlite: Planner = {
  name: 'SQLite',
  isAnalyzed: true,
  open: () => sqliteInMemory.open(),
  explain: (statement) => sql`explain query plan ${statement}`,
  lines: (rows) => rows.map((row) => String(row.detail)),
  // Through an index is a scan as well, unless the index is one of the small partial ones.
  scans: (line) => large.some((table) => new RegExp(`^SCAN ${table}\\b(?! USING (COVERING )?INDEX (${partial.join('|')})\\b)`).test(line)),
}

const planners: Planner[] = [
  sqlite,
  // As it is at everybody's who never said so.
  { ...sqlite, name: 'SQLite, never analyzed', isAnalyzed: false },
  {
    name: 'Postgres',
    isAnalyzed: true,
    open: () => postgres.open(),
    explain: (statement) => sql`explain ${statement}`,
    lines: (rows) => rows.map((row) => String(row['QUERY PLAN'])),
    scans: (line) => large.some((table) => new RegExp(`Seq Scan on ${table}\\b`).test(line)),
  },
]

/** They hold what is active, and nothing of what has settled. */
const partial = [
  'jobs_ready',
  'jobs_timed',
  'jobs_parked',
  'jobs_running',
  'jobs_expiring',
  'jobs_promoting',
  'jobs_unsealed',
  'locks_line',
  'locks_held',
  'dependencies_untold',
]

for (const planner of planners)
  describe(`query plans, ${planner.name}`, () => {
    const { explain, lines, scans } = planner
    let opened: OpenedDatabase
    before(async () => {
      opened = await filled(planner)
    })
    after(() => opened.close())

    for (const [what, statement, index] of hot)
      test(what, async () => {
        const plan = lines(await opened.database.query(explain(statement)))
        // SQLite has no plan for a plain insert.
        assert.ok(plan.length > 0 || statement.sql.startsWith('insert'))
        assert.deepEqual(plan.filter(scans), [], plan.join('\n'))
        if (index)
          assert.ok(
            plan.some((line) => new RegExp(`\\b${index}\\b`).test(line)),
            `not by ${index}:\n${plan.join('\n')}`,
          )
      })

    test('the test itself can tell: a statement that has no index is found out', async () => {
      const plan = lines(await opened.database.query(explain(sql`select * from jobs where input = ${'x'}`)))
      assert.equal(plan.filter(scans).length, 1)
    })
  })
