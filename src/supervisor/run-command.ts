// `holdfast run`: a command of the moment as a job. Works on the folder itself, whose file rights are the authorisation.

import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { noArtifacts } from '../core/artifact.ts'
import type { Job } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { unlimited } from '../core/process-limits.ts'
import { startAttempt } from '../runner/execute-attempt.ts'
import { register } from '../runner/open-house.ts'
import { openRunner, type Runner } from '../runner/runner.ts'
import type { NewJob } from '../store/store.ts'
import type { Instance } from './instance.ts'
import { publicJob } from './watch.ts'

/** Kind of the jobs that are commands of the moment. */
export const commandKind = 'command'

export interface CommandToRun {
  argv: string[]
  cwd: string
  environment: Record<string, string>
  name: string | null
  submittedBy: string | null
  /** What is not said is unlimited, or as for every job. */
  bounds?: Partial<typeof unlimited>
}

/** Submits and starts the command and looks after it until the runner closes. */
export async function runCommand(instance: Instance, command: CommandToRun): Promise<{ job: Job; runner: Runner }> {
  let ownId = 0
  const runner = await openRunner(instance.house, { kinds: [], slots: 1, adopts: (jobId) => jobId === ownId })
  const claimed = await submitClaimed(instance, command)
  ownId = claimed.job.id
  void runner.execute(claimed)
  return { job: publicJob(claimed.job), runner }
}

/** Submits and starts the command, and leaves it. */
export async function startCommand(instance: Instance, command: CommandToRun): Promise<Job> {
  // Known as living while it starts the command: else a runner beside it would take the job for an orphan.
  const signedOn = await register(instance.house)
  try {
    const claimed = await submitClaimed(instance, command)
    const left = await startAttempt(instance.house, claimed)
    return publicJob(left === 'let go' ? ((await instance.store.jobs.get({ id: claimed.job.id })) ?? claimed.job) : left)
  } finally {
    await signedOn.off()
  }
}

// Submitted and claimed in one batch: a kill at any moment leaves either nothing, or a job that the next command sees to.
async function submitClaimed({ house, store, folder }: Instance, command: CommandToRun) {
  const environmentFile = `${randomUUID()}.json`
  writeFileSync(join(folder.environments, environmentFile), JSON.stringify(command.environment), { mode: 0o600, flush: true })
  const now = house.clock.now()
  return store.jobs.submitClaimed({ job: jobOf(command, environmentFile, now), place: house.place, now })
}

function jobOf(command: CommandToRun, environmentFile: string, now: number): NewJob {
  return {
    kind: commandKind,
    name: command.name,
    queue: 'default',
    unique: null,
    input: null,
    spec: {
      run: { type: 'command', argv: command.argv },
      cwd: command.cwd,
      environment: {},
      environmentFile,
      ...noArtifacts,
      stopGraceMs: limits.stopGraceMs,
      locks: [],
      retry: null,
      safeToRepeat: false,
      ...unlimited,
      ...command.bounds,
    },
    fingerprint: null,
    submittedBy: command.submittedBy,
    priority: 0,
    availableAt: now,
    expireAfterMs: null,
    after: [],
    schedule: null,
  }
}
