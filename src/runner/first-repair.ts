// What the first look of a runner found of runners that are gone, told in one line once all of it is taken over. Decides nothing.
import type { Followed } from './execute-attempt.ts'
import type { House } from './house.ts'
import type { Taken } from './rescuer.ts'

export interface Rescue {
  /** Resolves when it is taken over; never, when another one was faster or trouble kept us from it. */
  taken: Promise<Taken>
  /** What became of it in the end. */
  followed: Promise<Followed>
}

/** To be called with every look that was not kept from looking; all but the first are none of its business. */
export function firstRepair(house: House): (rescues: readonly Rescue[]) => void {
  let isFirst = true
  return (rescues) => {
    if (isFirst && rescues.length > 0) void tellRepair(house, rescues)
    isFirst = false
  }
}

async function tellRepair({ logger }: House, rescues: readonly Rescue[]): Promise<void> {
  const counts = { ...nothing }
  for (const became of await Promise.all(rescues.map(whatBecame))) if (became !== null) counts[became]++
  const said = Object.entries(counts).filter(([, count]) => count > 0)
  if (said.length > 0) logger.info(`what was left behind: ${said.map((each) => each.join(' ')).join(', ')}`, counts)
}

// What lives or begins is told when it is taken over: its end may be days away. What has ended is told with what it came to.
async function whatBecame({ taken, followed }: Rescue): Promise<keyof typeof nothing | null> {
  const begun = taken.then((became) => (became === 'ended' ? null : became))
  const became = await Promise.race([begun, followed.then(() => null)])
  if (became !== null) return became
  const end = await followed
  if (end === 'let go') return null
  return end.failure?.kind === 'interrupted' ? 'interrupted' : 'settled'
}

const nothing = { adopted: 0, settled: 0, interrupted: 0, started: 0 }
