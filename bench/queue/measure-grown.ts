// Rows E: a drain while many other jobs wait, and beside many settled ones, against an empty system. Filled once, drained in every round.
import { type Bench, drainAt, fillAt, inTurns } from './measure-rows.ts'
import { rows } from './rows.ts'
import type { Place } from './servers.ts'
import { addSettledJobs } from './settled-jobs.ts'
import type { System } from './systems.ts'

export async function measureGrown(bench: Bench, { waiting, settled }: { waiting: number; settled: number }): Promise<void> {
  const grown = new Map<string, { waiting: Place; settled: Place | null }>()
  try {
    for (const system of bench.systems) {
      bench.say(`E, filling: ${system.name}`)
      try {
        grown.set(system.name, await grow(system, { waiting, settled }))
      } catch (error) {
        bench.results.addFailure('E', system.name, error)
      }
    }
    const filled = bench.systems.filter(({ name }) => grown.has(name))
    await inTurns({ ...bench, systems: filled }, 'E', async (system, round) => {
      const places = grown.get(system.name)
      if (!places) return
      const empty = await system.newPlace()
      try {
        round(rows.drainEmpty, await drainAt(bench, system, empty))
      } finally {
        await empty.remove()
      }
      round(rows.drainWaiting, await drainAt(bench, system, places.waiting))
      if (places.settled) round(rows.drainSettled, await drainAt(bench, system, places.settled))
    })
  } finally {
    for (const places of grown.values()) {
      await places.waiting.remove()
      await places.settled?.remove()
    }
  }
}

// The peers' settled jobs are left out: graphile-worker keeps none, and the others would need as many real jobs.
async function grow(system: System, counts: { waiting: number; settled: number }): Promise<{ waiting: Place; settled: Place | null }> {
  const waiting = await system.newPlace()
  await fillAt(system, waiting, counts.waiting)
  if (!system.isOurs) return { waiting, settled: null }
  const settled = await system.newPlace()
  await addSettledJobs(settled.address, counts.settled)
  return { waiting, settled }
}
