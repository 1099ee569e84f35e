// An attempt whose files the test writes itself, in a real store and with the real launcher: stored as a runner does it, read in all ways.
import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { noArtifacts } from '../../src/core/artifact.ts'
import type { LogLine } from '../../src/core/job.ts'
import { unlimited } from '../../src/core/process-limits.ts'
import { detachedLauncher } from '../../src/launch/detached.ts'
import type { Launcher } from '../../src/launch/launcher.ts'
import { dataFolder } from '../../src/runner/data-folder.ts'
import type { House } from '../../src/runner/house.ts'
import { openLogWriter } from '../../src/runner/log-writer.ts'
import { readLog } from '../../src/runner/read-log.ts'
import { systemClock } from '../../src/runner/system-clock.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Claimed, NewJob, Store } from '../../src/store/store.ts'
import { temporaryFolder } from './temporary.ts'

const root = temporaryFolder('written-attempt')
const place = { runnerId: 'a-runner-of-ours', hostId: 'h', bootId: 'b' }

/** The attempt, and the house that it is in. */
export interface Written {
  house: House
  store: Store
  launcher: Launcher
  claimed: Claimed
  folder: string
  append(stream: 'stdout' | 'stderr', bytes: Uint8Array | string): void
  path(name: string): string
}

let count = 0

/** A running attempt whose files the test writes itself. */
export async function written(spec: Partial<NewJob['spec']> = {}, canPunch?: boolean): Promise<Written> {
  const folder = dataFolder(join(root, String(++count)))
  for (const path of [folder.root, folder.attempts, folder.runners]) mkdirSync(path)
  const real = detachedLauncher({ attempts: folder.attempts, runners: folder.runners, pool: join(folder.runners, 'pool'), ready: 1 })
  const facilities = async () => ({ ...(await real.facilities()), punchesHoles: canPunch ?? false })
  const launcher = canPunch === undefined ? real : { ...real, facilities }
  const store = await openStore({ folder: folder.root, database: ':memory:', clock: systemClock })
  const logger = { info() {}, warn: assert.fail, error: assert.fail }
  const closing = new AbortController().signal
  const house: House = { store, launcher, clock: systemClock, folder, place, logger, closing, random: () => 0 }
  const claimed = await store.jobs.submitClaimed({ job: jobToWrite(spec), place, now: Date.now() })
  const attempt = await launcher.prepare(claimed.attempt.folder)
  const path = (name: string) => join(attempt, name)
  return { house, store, launcher, claimed, folder: attempt, path, append: (stream, bytes) => appendFileSync(path(`${stream}.log`), bytes) }
}

function jobToWrite(spec: Partial<NewJob['spec']>): NewJob {
  const whole: NewJob['spec'] = {
    run: { type: 'command', argv: ['x'] },
    cwd: '/',
    environment: {},
    environmentFile: null,
    ...noArtifacts,
    stopGraceMs: 1,
    locks: [],
    retry: null,
    safeToRepeat: false,
    ...unlimited,
    ...spec,
  }
  const rest = { fingerprint: null, submittedBy: null, priority: 0, availableAt: 0, expireAfterMs: null, after: [], schedule: null }
  return { kind: 'written', name: null, queue: 'default', unique: null, input: null, spec: whole, ...rest }
}

export async function drained({ house, claimed, folder }: Written): Promise<Claimed> {
  const writer = await openLogWriter(house, claimed, { folder, begun: null, signal: new AbortController().signal })
  return writer.drained({ keepsLast: false })
}

/** All lines, in pages of any size and in both directions, which must agree. */
export async function allLines({ house, claimed }: Written, limit = 1_000): Promise<LogLine[]> {
  const jobId = claimed.job.id
  const forward: LogLine[] = []
  for (let after = 0; ; ) {
    const page = await readLog(house, { jobId, after, limit })
    forward.push(...page)
    if (page.length === 0) break
    after = page.at(-1)?.seq ?? 0
  }
  const backward: LogLine[] = []
  for (let before = 1e9; ; ) {
    const page = await readLog(house, { jobId, before, limit })
    backward.unshift(...page)
    if (page.length === 0) break
    before = page[0]?.seq ?? 0
  }
  assert.deepEqual(backward, forward)
  return forward
}
