// Rows E100: what one claim costs while many jobs wait for a key, for a time, for a job or in a paused kind, against none waiting.
// Ours only. In turns: a claim here, a claim there. Also in memory, where no sync of the disk hides the difference.
import { limits } from '../../src/core/limits.ts'
import { systemClock } from '../../src/runner/system-clock.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Claimed, NewJob, RunnerPlace, Store } from '../../src/store/store.ts'
import { median } from '../report.ts'
import { benchKind, finish, noop, openAt, place } from './holdfast.ts'
import type { Bench } from './measure-rows.ts'
import { pairedWith, type Row, rows } from './rows.ts'
import type { Place } from './servers.ts'
import { ours } from './systems.ts'

const claimsPerRound = 100
const pausedKind = 'paused'
const passesAtMost = 1_000_000

interface Opened {
  store: Store
  here: RunnerPlace
  close(): Promise<void>
}

export async function measureClaims(bench: Bench, waiting: number): Promise<void> {
  for (const { name, open } of places(bench)) {
    let empty: Opened | null = null
    try {
      empty = await open()
      for (const { row, fill } of waits) {
        bench.say(`${row.id}: ${name}`)
        await compare(bench, { name, row, empty, full: await filled(open, fill, waiting) })
      }
    } catch (error) {
      bench.results.addFailure('E100', name, error)
    } finally {
      await empty?.close()
    }
  }
}

function places(bench: Bench): { name: string; open: () => Promise<Opened> }[] {
  const systems = bench.systems.filter(({ isOurs }) => isOurs)
  const onDisk = systems.map(({ name, newPlace }) => ({ name, open: () => openPlace(newPlace) }))
  return [{ name: ours.memory, open: openInMemory }, ...onDisk]
}

async function openInMemory(): Promise<Opened> {
  const store = await openStore({ folder: '', database: ':memory:', clock: systemClock })
  return { store, here: await place(store), close: () => store.close() }
}

async function openPlace(newPlace: () => Promise<Place>): Promise<Opened> {
  const { address, remove } = await newPlace()
  const store = await openAt(address)
  return {
    store,
    here: await place(store),
    async close() {
      await store.close()
      await remove()
    },
  }
}

type Fill = (opened: Opened, submit: (job: Partial<NewJob>) => Promise<void>) => Promise<void>

const waits: { row: Row; fill: Fill }[] = [
  {
    row: rows.claimKey,
    async fill(opened, submit) {
      const locks = [{ key: 'busy', mode: 'exclusive' as const }]
      const job = { ...noop({ sentAt: 0 }), spec: { ...noop({ sentAt: 0 }).spec, locks } }
      await runOne(opened, job)
      await submit(job)
      await passUntilQuiet(opened)
    },
  },
  { row: rows.claimTime, fill: (_opened, submit) => submit({ availableAt: Date.now() + 86_400_000 }) },
  {
    row: rows.claimJob,
    async fill(opened, submit) {
      const { job } = await runOne(opened, noop({ sentAt: 0 }))
      await submit({ after: [job.id] })
    },
  },
  {
    row: rows.claimPaused,
    async fill({ store }, submit) {
      await store.queues.setKind({ kind: pausedKind, paused: true, by: null, now: Date.now() })
      await submit({ kind: pausedKind })
    },
  },
]

async function filled(open: () => Promise<Opened>, fill: Fill, waiting: number): Promise<Opened> {
  const opened = await open()
  await fill(opened, async (job) => {
    for (let done = 0; done < waiting; done += limits.bulk) {
      const jobs = Array.from({ length: Math.min(limits.bulk, waiting - done) }, () => ({ ...noop({ sentAt: 0 }), ...job }))
      await opened.store.jobs.submit({ jobs, now: Date.now() })
    }
  })
  return opened
}

async function compare(bench: Bench, { name, row, empty, full }: { name: string; row: Row; empty: Opened; full: Opened }): Promise<void> {
  try {
    for (let round = 0; round < bench.effort.rounds; round++) {
      const alone: number[] = []
      const beside: number[] = []
      for (let claims = 0; claims < claimsPerRound; claims++) {
        alone.push(await timedClaim(empty))
        beside.push(await timedClaim(full))
      }
      bench.results.add(rows.claimEmpty.id, name, median(alone))
      bench.results.add(pairedWith(row), name, median(alone))
      bench.results.add(row.id, name, median(beside))
    }
  } finally {
    await full.close()
  }
}

// One job becomes ready; only its claim is timed.
async function timedClaim(opened: Opened): Promise<number> {
  await opened.store.jobs.submit({ jobs: [noop({ sentAt: 0 })], now: Date.now() })
  const from = performance.now()
  const { claimed } = await claimPass(opened)
  const ms = performance.now() - from
  const [one] = claimed
  if (!one) throw new Error('the job that is ready was not claimed')
  await finish(opened.store, one)
  return ms
}

async function runOne(opened: Opened, job: NewJob): Promise<Claimed> {
  await opened.store.jobs.submit({ jobs: [job], now: Date.now() })
  const [one] = (await claimPass(opened)).claimed
  if (!one) throw new Error('the first job was not claimed')
  return one
}

// Until every job that waits for the key has been looked at once.
async function passUntilQuiet(opened: Opened): Promise<void> {
  for (let passes = 0; passes < passesAtMost; passes++) if (!(await claimPass(opened)).again) return
}

async function claimPass({ store, here }: Opened): Promise<{ claimed: Claimed[]; again: boolean }> {
  const now = Date.now()
  return await store.claims.claim({ place: here, kinds: [benchKind, pausedKind], limit: 1, leaseUntil: now + limits.leaseMs, now })
}
