// Measures the rows that are the same for every system, in rounds: every system once, then every system again.
import { type Measured, measure } from './measured.ts'
import type { Results } from './results.ts'
import { type Row, rows } from './rows.ts'
import type { Place } from './servers.ts'
import type { System } from './systems.ts'

export interface Effort {
  rounds: number
  /** How long a system is measured for one figure. */
  seconds: number
  drainJobs: number
  pickups: number
}

export interface Bench {
  systems: readonly System[]
  effort: Effort
  results: Results
  /** Tells what is being done; a run takes minutes. */
  say(what: string): void
}

const drains = [
  [rows.drain1, 1],
  [rows.drain10, 10],
  [rows.drain50, 50],
] as const
const batchSize = 1_000
const inFlight = 64
const pickupConcurrency = 10
/** Those that poll once a second get as many as fit into this. */
const pickupSeconds = 15
const drainSecondsPerSecond = 4

export async function measureSubmits(bench: Bench): Promise<void> {
  await inTurns(bench, 'A', async (system, round) => {
    const { seconds } = bench.effort
    await inNewProcess(system, async (measured) => {
      const one = await measured.ask({ do: 'submit', lanes: 1, seconds })
      round(rows.submit, one.count / one.seconds)
      round(rows.submitP50, one.p50)
      const many = await measured.ask({ do: 'submit', lanes: inFlight, seconds })
      round(rows.submit64, many.count / many.seconds)
      const bulk = await measured.ask({ do: 'submitBatches', size: batchSize, seconds })
      round(rows.submitBulk, bulk.count / bulk.seconds)
    })
  })
}

export async function measureDrains(bench: Bench): Promise<void> {
  const { drainJobs: count, seconds } = bench.effort
  for (const [row, concurrency] of drains) {
    await inTurns(bench, row.id, async (system, round) => {
      await inNewProcess(system, async (measured) => {
        await measured.ask({ do: 'fill', count })
        const drained = await measured.ask({ do: 'drain', concurrency, count, seconds: seconds * drainSecondsPerSecond })
        round(row, drained.count / drained.seconds)
      })
    })
  }
}

export async function measurePickups(bench: Bench): Promise<void> {
  await inTurns(bench, 'C', async (system, round) => {
    await atNewPlace(system, (place) =>
      inProcessAt(system, place, (worker) =>
        inProcessAt(system, place, async (producer) => {
          await worker.ask({ do: 'startWork', concurrency: pickupConcurrency })
          await producer.ask({ do: 'submitSpaced', count: bench.effort.pickups, seconds: pickupSeconds })
          const seen = await worker.ask({ do: 'stopWork' })
          round(rows.pickupP50, seen.p50)
          round(rows.pickupP99, seen.p99)
        }),
      ),
    )
  })
}

/** What a figure of a round is told to. */
export type TellRound = (row: Row, value: number) => void

/** One system's failure does not end the others' measurement: it is told beside the table. */
export async function inTurns(bench: Bench, name: string, once: (system: System, round: TellRound) => Promise<void>): Promise<void> {
  for (let number = 1; number <= bench.effort.rounds; number++) {
    for (const system of bench.systems) {
      bench.say(`${name}, round ${number} of ${bench.effort.rounds}: ${system.name}`)
      try {
        await once(system, (row, value) => bench.results.add(row.id, system.name, value))
      } catch (error) {
        bench.results.addFailure(name, system.name, error)
      }
    }
  }
}

function inNewProcess(system: System, work: (measured: Measured) => Promise<void>): Promise<void> {
  return atNewPlace(system, (place) => inProcessAt(system, place, work))
}

async function atNewPlace(system: System, work: (place: Place) => Promise<void>): Promise<void> {
  const place = await system.newPlace()
  try {
    await work(place)
  } finally {
    await place.remove()
  }
}

async function inProcessAt(system: System, place: Place, work: (measured: Measured) => Promise<void>): Promise<void> {
  const measured = await measure({ ...system, address: place.address })
  try {
    await work(measured)
  } finally {
    await measured.end()
  }
}

/** Puts `count` jobs there and drains as many, at concurrency 10. Answers in jobs a second. */
export async function drainAt(bench: Bench, system: System, place: Place): Promise<number> {
  const { drainJobs: count, seconds } = bench.effort
  let rate = Number.NaN
  await inProcessAt(system, place, async (measured) => {
    await measured.ask({ do: 'fill', count })
    const drained = await measured.ask({ do: 'drain', concurrency: 10, count, seconds: seconds * drainSecondsPerSecond })
    rate = drained.count / drained.seconds
  })
  return rate
}

/** Puts so many jobs there that stay. */
export async function fillAt(system: System, place: Place, count: number): Promise<void> {
  await inProcessAt(system, place, async (measured) => {
    await measured.ask({ do: 'fill', count })
  })
}
