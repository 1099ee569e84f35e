// Looks at what lives of a running attempt, now, because a person asks. From any process that has the folder open; the runner need not be this one.
// Facts, no verdict: nothing follows from them.
import { bytesWords } from '../core/bytes.ts'
import { durationWords } from '../core/duration.ts'
import { limits } from '../core/limits.ts'
import { livingWords, type ProcessFacts, silenceWords } from '../core/stall-words.ts'
import type { Claimed } from '../store/store.ts'
import { lookAt } from './execute-attempt.ts'
import { type House, isInReach } from './house.ts'
import { isInline } from './perform-inline.ts'
import { treeOf } from './perform-process.ts'

export interface AttemptSeen {
  /** Null where nobody could look at processes of its own. */
  process: ProcessFacts | null
  words: string
}

/** @throws Error when the machine cannot be looked at; the closing's reason */
export async function checkAttempt(house: House, claimed: Claimed): Promise<AttemptSeen> {
  const { job, attempt } = claimed
  const silent = silenceWords(job, { startedAt: attempt.startedAt, now: house.clock.now() })
  if (!isInReach(house, attempt.hostId))
    return { process: null, words: `it runs on another machine, where nobody can look from here; ${silent}` }
  const runner = await runnerSeen(house, claimed)
  if (isInline(claimed)) return { process: null, words: `it runs inside the process of its runner, which ${runner ?? 'lives'}, ${silent}` }
  const process = await processSeen(house, claimed)
  return { process, words: `${processWords(process)}, ${silent}${runner === null ? '' : `; its runner ${runner}`}` }
}

async function processSeen(house: House, claimed: Claimed): Promise<ProcessFacts | null> {
  const { pid, processStartedAt: startedAt } = claimed.attempt
  const verdict = lookAt(house, claimed)
  if (verdict === 'never began') return null
  if (verdict === 'ended' || verdict === 'vanished') return nobody
  const tree = { ...treeOf(house, claimed, pid === null ? null : { pid, startedAt }), closelyFromBytes: null }
  const [first] = await house.launcher.measure([tree])
  await house.clock.sleep(limits.checkMs, house.closing)
  const [last] = await house.launcher.measure([tree])
  if (!first || !last) return nobody
  const tookMs = last.takenMs - first.takenMs
  const cpuPercent = tookMs > 0 ? Math.max(0, Math.round(((last.processorMs - first.processorMs) / tookMs) * 100)) : null
  return { processes: last.processes, cpuPercent, memoryBytes: last.memoryBytes, doing: last.doing }
}

const nobody: ProcessFacts = { processes: 0, cpuPercent: null, memoryBytes: 0, doing: 'sleeping' }

function processWords(process: ProcessFacts | null): string {
  if (process === null) return 'its process has not begun'
  if (process.processes === 0) return livingWords(process)
  const many = process.processes === 1 ? '1 process' : `${process.processes} processes`
  return `${livingWords(process)}, ${bytesWords(process.memoryBytes)} in ${many}`
}

/** What is wrong with whoever looks after it; null: nothing. */
async function runnerSeen(house: House, { job }: Claimed): Promise<string | null> {
  if (job.runnerId === house.place.runnerId) return null
  const runner = (await house.store.runners.list()).find(({ runnerId }) => runnerId === job.runnerId)
  const lives = runner !== undefined && runner.bootId === house.place.bootId && house.launcher.runners.isHeld(runner.runnerId)
  if (!lives) return 'is gone'
  const lateMs = house.clock.now() - runner.leaseUntil
  return lateMs > 0 ? `lives, but has not been heard for ${durationWords(lateMs + limits.leaseMs)}` : null
}
