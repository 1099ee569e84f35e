// Gives the disk back what a stretch of a growing file holds, without its writer's knowing: `fallocate --punch-hole`, where system and disk have it.
// Node has no such call, so each is a process of some milliseconds: one at a time.
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Stretch } from './launcher.ts'

const run = promisify(execFile)

export interface Puncher {
  /** Reads as zeros from then on. False when it was not done: the file is gone, shorter than that, or the disk refused. */
  punch(path: string, stretch: Stretch): Promise<boolean>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

export function openPuncher(): Puncher {
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <R>(work: () => Promise<R>): Promise<R> => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
  return {
    punch: (path, stretch) => inTurn(() => punchOnce(path, stretch)),
    idle: async () => void (await last),
  }
}

/** Whether it can be done to files of that folder. Done, not asked: there are disks that take the call and keep the bytes. */
export async function punchesHoles(folder: string): Promise<boolean> {
  return probe(folder).catch(() => false)
}

async function punchOnce(path: string, stretch: Stretch): Promise<boolean> {
  // One that its job has cut off since is another text now.
  const size = (await stat(path).catch(() => null))?.size ?? 0
  if (size < stretch.to) return false
  return fallocate(path, stretch).catch(() => false)
}

async function fallocate(path: string, { from, to }: Stretch): Promise<boolean> {
  await run('fallocate', ['--punch-hole', '--offset', String(from), '--length', String(to - from), path], { timeout: longestMs })
  return true
}

/** A disk that takes longer than that for a hole has other troubles. */
const longestMs = 60_000

async function probe(folder: string): Promise<boolean> {
  const path = join(folder, `probe-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  try {
    await file.write(Buffer.alloc(probeBytes, 'x'))
    await file.sync()
    const before = (await file.stat()).blocks
    await fallocate(path, { from: 0, to: probeBytes / 2 })
    const after = await file.stat()
    const kept = Buffer.alloc(1)
    await file.read(kept, 0, 1, probeBytes / 2)
    return after.blocks < before && after.size === probeBytes && kept.toString() === 'x'
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}

const probeBytes = 262_144
