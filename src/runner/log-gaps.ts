// What of a job's log files is kept no longer: found from the blocks, whatever was done about it before. And those files written anew without it.
import { join } from 'node:path'
import { limits } from '../core/limits.ts'
import { isSettled } from '../core/transitions.ts'
import type { Hole, JobRecord, LogFiles, Sealed, StoredBlock } from '../store/store.ts'
import { type House, isInReach } from './house.ts'

/** A stretch of a file as it is now that no line is in any more. */
export interface Gap {
  files: LogFiles
  stream: 'stdout' | 'stderr'
  from: number
  to: number
}

type Place = Pick<House, 'store'>

export async function gapsOf({ store }: Place, { id: jobId, logKept }: JobRecord): Promise<Gap[]> {
  if (logKept.middle === null) return []
  const [dropped] = await store.logs.blocks({ jobId, after: logKept.middle - 1, limit: 1 })
  if (!dropped?.dropped) return []
  const { files } = await store.jobs.detail({ id: jobId, events: 0 })
  const gaps: Gap[] = []
  for (const stream of ['stdout', 'stderr'] as const) {
    const [before] = await store.logs.blocks({ jobId, before: dropped.firstSeq, streams: [stream], limit: 1 })
    const [after] = await store.logs.blocks({ jobId, after: dropped.firstSeq + dropped.lineCount - 1, streams: [stream], limit: 1 })
    for (const one of files) {
      if (one.attempt < dropped.attempt || (after && one.attempt > after.attempt)) continue
      const from = isIn(before, one) ? before.byteOffset + before.byteLength : 0
      const to = isIn(after, one) ? after.byteOffset : one[stream].bytes - one[stream].hole.bytes
      if (to > from) gaps.push({ files: one, stream, from, to })
    }
  }
  return gaps
}

// Of an earlier life of its file nothing is on the disk.
function isIn(block: StoredBlock | undefined, { attempt }: LogFiles): block is StoredBlock {
  return block !== undefined && block.attempt === attempt && !block.isGone
}

/** One pass over settled jobs whose files still hold what was taken out. Trouble with one is told and left for the next pass. */
export async function sealLogs(house: House): Promise<void> {
  for (let before = Number.MAX_SAFE_INTEGER; !house.closing.aborted; ) {
    const jobs = await house.store.jobs.list({ unsealed: true, before, limit: limits.listPage })
    for (const job of jobs) {
      if (!isSettled(job.state)) continue
      await sealLog(house, job).catch((error) => house.logger.warn(`could not write the log of job ${job.id} anew: ${error}`))
    }
    const last = jobs.at(-1)
    if (!last || jobs.length < limits.listPage) return
    before = last.id
  }
}

/** Each step may be the last one: the next pass goes on from what is there. */
export async function sealLog(house: House, job: JobRecord): Promise<void> {
  const { history, files } = await house.store.jobs.detail({ id: job.id, events: 0 })
  if (!history.every(({ hostId }) => isInReach(house, hostId))) return
  const gaps = Map.groupBy(await gapsOf(house, job), (gap) => gap.files)
  const attempts: Sealed[] = []
  for (const [one, ofAttempt] of gaps) attempts.push(await writeAnew(house, one, ofAttempt))
  if (attempts.length > 0 && !(await house.store.logs.seal({ jobId: job.id, attempts }))) return
  const sealed = new Map(attempts.map(({ attempt, after }) => [attempt, after + 1]))
  for (const { attempt, folder, sealed: before } of files) {
    const times = sealed.get(attempt) ?? before
    if (times > 0) await house.launcher.removeOtherWritings(join(house.folder.attempts, folder), times)
  }
  // With none it says that all is done; until then the next pass comes by here again.
  await house.store.logs.seal({ jobId: job.id, attempts: [] })
}

async function writeAnew({ launcher, folder }: House, files: LogFiles, gaps: readonly Gap[]): Promise<Sealed> {
  const sealed: Sealed = { attempt: files.attempt, after: files.sealed, stdout: files.stdout.hole, stderr: files.stderr.hole }
  for (const stream of ['stdout', 'stderr'] as const) {
    const { hole, bytes } = files[stream]
    const gap = gaps.find((one) => one.stream === stream) ?? { from: 0, to: 0 }
    const leaveOut = { from: gap.from, to: gap.to }
    await launcher.rewriteLog(join(folder.attempts, files.folder), stream, { after: files.sealed, leaveOut, bytes: bytes - hole.bytes })
    if (gap.to > gap.from) sealed[stream] = widened(hole, gap)
  }
  return sealed
}

// What is taken out later lies around what was taken out before: there is one gap in a log.
function widened(hole: Hole, { from, to }: { from: number; to: number }): Hole {
  return { at: from, bytes: hole.bytes + to - from }
}
