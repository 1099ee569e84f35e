// The classics of the field, planted around the production code's ports: each is a fault that the simulator must find.
import sql, { type Sql } from 'sql-template-tag'
import type { Launcher } from '../../src/launch/launcher.ts'
import type { Batch, Decision, Row, SqlDatabase, Step } from '../../src/store/sql-database.ts'
import type { Fence, Store } from '../../src/store/store.ts'
import type { FakeMachine } from '../../src/testing/fake-machine.ts'
import type { Random } from './random.ts'

export interface Mutant {
  name: string
  /** The first seed that showed it when this was written: the test begins there, to be quick. Changed code makes other histories. */
  foundIn: number
  /** Stands between the store and its database. */
  database?(seam: Seam): SqlDatabase
  /** Stands in front of the store. */
  store?(store: Store): Store
  /** Stands in front of the launcher. */
  launcher?(launcher: Launcher, machine: FakeMachine): Launcher
}

export interface Seam {
  database: SqlDatabase
  gap: (ms: number) => Promise<void>
  random: Random
}

/** Whoever ends a job does so, whether it is still his or not. */
const finishWithoutFence: Mutant = {
  name: 'finish without fence',
  foundIn: 39,
  store: (store) => ({
    ...store,
    claims: {
      ...store.claims,
      finish: async (options) => store.claims.finish({ ...options, fence: await newest(store, options.fence) }),
    },
  }),
}

async function newest(store: Store, fence: Fence): Promise<Fence> {
  const job = await store.jobs.get({ id: fence.jobId })
  return job ? { jobId: job.id, attempt: job.attempts, leaseToken: job.leaseToken } : fence
}

/** A job whose runner is gone is taken for dead, without a look at its processes. */
const rescueByTimeAlone: Mutant = {
  name: 'rescue by time alone',
  foundIn: 3,
  launcher(launcher) {
    const started = new Set<string>()
    const unseen = { alive: false, exitCode: null, began: true }
    return {
      ...launcher,
      async start(command) {
        started.add(command.folder)
        return launcher.start(command)
      },
      look: (folder) => (started.has(folder) ? launcher.look(folder) : unseen),
      ended: async (folder, signal) => (started.has(folder) ? launcher.ended(folder, signal) : unseen),
      stop: async (plan) => (started.has(plan.folder) ? launcher.stop(plan) : { found: false, gone: true, killed: false, survivors: 0 }),
    }
  },
}

/** "Signal sent" is taken for "gone". */
const keyFreedBeforeTreeIsGone: Mutant = {
  name: 'key freed before the tree is gone',
  foundIn: 3,
  launcher(launcher, machine) {
    const signalled = new Map<string, PromiseWithResolvers<void>>()
    const signalledIn = (folder: string) => {
      const known = signalled.get(folder) ?? Promise.withResolvers<void>()
      signalled.set(folder, known)
      return known
    }
    return {
      ...launcher,
      async stop({ folder, mark }) {
        for (const { pid } of machine.living(folder)) machine.signal({ pid, signal: 'TERM', folder, mark })
        signalledIn(folder).resolve()
        return { found: true, gone: true, killed: false, survivors: 0 }
      },
      ended: (folder, signal) =>
        Promise.race([launcher.ended(folder, signal), signalledIn(folder).promise.then(() => machine.look(folder))]),
    }
  },
}

/** The jobs are chosen in one transaction and marked in another. */
const splitClaim: Mutant = {
  name: 'split claim',
  foundIn: 2,
  database: (seam) => splitting(seam, (text) => /from queue_kinds/.test(text)),
}

/** Whether the unique key is taken is asked before the transaction that submits, and no index stands behind it. */
const dedupOutsideTheTransaction: Mutant = {
  name: 'dedup outside the transaction',
  foundIn: 16,
  database(seam) {
    const dropped = seam.database
      .query(sql`drop index jobs_unique_queued`)
      .then(() => seam.database.query(sql`drop index jobs_unique_running`))
    const split = splitting(seam, (text) => /unique_key = /.test(text))
    return { ...split, batch: async (batch, patience) => dropped.then(() => split.batch(batch, patience)) }
  },
}

/** Who cannot start does not enter the line of his keys, so that whoever comes later and can goes first. */
const noLine: Mutant = {
  name: 'no line for lock keys',
  foundIn: 9,
  database: ({ database }) => ({
    ...database,
    batch: (batch, patience) => database.batch({ ...batch, decide: (rows) => withoutLines(batch.decide(rows)) }, patience),
  }),
}

function withoutLines<R>(decision: Decision<R>): Decision<R> {
  const entersLine = (step: Step) => typeof step !== 'function' && /update job_locks set stage/.test(step.sql) && step.values[0] === 1
  return { ...decision, writes: decision.writes.map((step) => (entersLine(step) ? () => null : step)) }
}

/** The start-once latch is not looked at. */
const noLatch: Mutant = {
  name: 'start without a latch',
  foundIn: 373,
  launcher: (launcher, machine) => ({
    ...launcher,
    bar: (folder) => !machine.folder(folder).began,
    async start(command) {
      machine.folder(command.folder).began = false
      return launcher.start(command)
    },
  }),
}

/** Whoever adopts a job reads its log from the beginning. */
const logReadAgain: Mutant = {
  name: 'log read again after adoption',
  foundIn: 3,
  store: (store) => ({
    ...store,
    claims: {
      ...store.claims,
      async takeOver(options) {
        const taken = await store.claims.takeOver(options)
        return taken === 'lease lost' ? taken : { ...taken, attempt: { ...taken.attempt, files: { ...taken.attempt.files, ...unread } } }
      },
    },
  }),
}

const beginning = { fileNumber: 1, bytes: 0, hole: { at: 0, bytes: 0 } }
const unread = { stdout: beginning, stderr: beginning }

/** Now and then the last lines that were read are not stored. */
const linesLost: Mutant = {
  name: 'lines lost',
  foundIn: 1,
  store: (store) => ({
    ...store,
    claims: {
      ...store.claims,
      observe: async ({ seen, ...rest }) =>
        store.claims.observe({ ...rest, seen: seen.blocks.length > 1 ? { ...seen, blocks: seen.blocks.slice(0, -1) } : seen }),
    },
  }),
}

/** A lease that was taken over is not seen: the runner that was frozen goes on writing lines. */
const observeWithoutFence: Mutant = {
  name: 'log written without fence',
  foundIn: 16,
  store: (store) => ({
    ...store,
    claims: {
      ...store.claims,
      observe: async (options) => store.claims.observe({ ...options, fence: await newest(store, options.fence) }),
    },
  }),
}

/** What a job saved is not given to its next attempt. */
const checkpointForgotten: Mutant = {
  name: 'checkpoint forgotten',
  foundIn: 4,
  store: (store) => ({ ...store, claims: { ...store.claims, checkpoint: async () => null } }),
}

/** A schedule fires for whoever looks, whether another runner has fired it since he looked or not. */
const firedByEverybody: Mutant = {
  name: 'schedule fired by everybody',
  foundIn: 3,
  store: (store) => ({
    ...store,
    schedules: {
      ...store.schedules,
      async fire(options) {
        const now = (await store.schedules.list({ limit: 100 })).find(({ name }) => name === options.schedule.name)
        return store.schedules.fire({ ...options, schedule: now ?? options.schedule })
      },
    },
  }),
}

export const mutants: readonly Mutant[] = [
  finishWithoutFence,
  rescueByTimeAlone,
  splitClaim,
  keyFreedBeforeTreeIsGone,
  dedupOutsideTheTransaction,
  noLine,
  logReadAgain,
  observeWithoutFence,
  linesLost,
  checkpointForgotten,
  firedByEverybody,
]

/** Found in one of some two hundred histories, since a late start looks at its lease as well: for campaigns (`--mutant`), not for every test run. */
export const rareMutants: readonly Mutant[] = [noLatch]

// Reads that a batch of this kind makes are made before its transaction, and minutes may lie between.
function splitting({ database, gap, random }: Seam, isMeant: (text: string) => boolean): SqlDatabase {
  async function splitBatch<R>(batch: Batch<R>): Promise<Batch<R>> {
    const rows: Row[][] = []
    for (const read of batch.reads) {
      const made = typeof read === 'function' ? read(rows) : read
      const statements = made === null ? [] : Array.isArray(made) ? made : [made as Sql]
      const own: Row[] = []
      for (const statement of statements) own.push(...(await database.query(statement)))
      rows.push(own)
    }
    await gap(random.spread(1, 120_000))
    return { ...batch, reads: [], decide: () => batch.decide(rows) }
  }
  return {
    ...database,
    async batch(batch, patience) {
      const isSplit = batch.reads.some((read) => typeof read !== 'function' && isMeant(read.sql)) && random.chance(0.3)
      return database.batch(isSplit ? await splitBatch(batch) : batch, patience)
    },
  }
}
