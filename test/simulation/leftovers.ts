// What must be true when everything has come to rest: nothing is lost, nothing is left, and every log is what was written.
import type { LogLine } from '../../src/core/job.ts'
import { isSettled } from '../../src/core/transitions.ts'
import { readLog } from '../../src/runner/read-log.ts'
import type { JobRecord } from '../../src/store/store.ts'
import { fakeLauncher } from '../../src/testing/fake-launcher.ts'
import { type Checker, folderOf } from './checker.ts'
import type { Runners } from './runners.ts'
import { broken, type World } from './world.ts'

export async function checkLeftovers(world: World, checker: Checker): Promise<void> {
  const jobs = new Map(checker.jobs().map((job) => [job.id, job]))
  for (const id of checker.acknowledged) {
    const job = jobs.get(id)
    if (!job || !isSettled(job.state)) broken(world, 'I1', `job ${id} was acknowledged and is ${job?.state ?? 'not there'}`)
  }
  for (const key of await world.store.queues.lockKeys({ limit: 200 }))
    if (key.heldBy.length > 0 || key.waiting > 0) broken(world, 'I13', `lock key ${key.key} is left: ${JSON.stringify(key)}`)
  for (const job of jobs.values()) await checkLog(world, job)
}

/** Rows of runners that are dead are removed by those that live. */
export async function checkRunnersLeft(world: World, runners: Runners): Promise<void> {
  const living = new Set(runners.living().map(({ program }) => program.name))
  for (const { runnerId } of await world.store.runners.list())
    if (!living.has(runnerId)) broken(world, 'I13', `${runnerId} is dead, and its row is left`)
}

async function checkLog(world: World, job: JobRecord): Promise<void> {
  const { machine, clock, folder, store } = world
  const launcher = fakeLauncher({ machine, clock, attempts: folder.attempts })
  const lines = await readLog({ store, launcher, folder, clock }, { jobId: job.id, limit: 5_000 })
  const numbers = lines.map(({ seq }) => seq)
  if (numbers.length !== job.logLines || numbers.some((seq, index) => seq !== index + 1))
    broken(world, 'I7', `lines of job ${job.id} should be 1 to ${job.logLines} and are ${numbers.join(' ')}`)
  for (let attempt = 1; attempt <= job.attempts; attempt++) {
    const place = folderOf(machine, job.id, attempt)
    for (const stream of ['stdout', 'stderr'] as const) {
      const written = place?.[stream].text() ?? ''
      const read = textOf(lines.filter((line) => line.attempt === attempt && line.stream === stream))
      const whole = written === '' || written.endsWith('\n') ? written : `${written}\n`
      if (read !== whole)
        broken(
          world,
          'I7',
          `${stream} of attempt ${attempt} of job ${job.id} is ${JSON.stringify(read)}, when it wrote ${JSON.stringify(whole)}`,
        )
    }
  }
}

function textOf(lines: readonly LogLine[]): string {
  return lines.map(({ text }) => `${text}\n`).join('')
}
