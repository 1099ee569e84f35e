// What every command does first: settles what has ended unseen and starts what never began. Adopts nothing that lives.
import { findOrphans, settleOrphan } from '../runner/rescuer.ts'
import type { Instance } from './instance.ts'

/** Resolves when everything that had ended is settled. Trouble with one job is told and never keeps another waiting. */
export async function repair({ house }: Instance): Promise<void> {
  const orphans = await findOrphans(house, new Set())
  await Promise.all(
    orphans.map((orphan) =>
      settleOrphan(house, orphan).catch((error) => house.logger.warn(`job ${orphan.claimed.job.id} could not be settled: ${error}`)),
    ),
  )
}
