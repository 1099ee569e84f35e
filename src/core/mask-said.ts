// What is taken out of what a job says of itself, and of its failures and silences. Pure; each field by name, so that no word of ours is taken for a secret.
import type { Failure, Job, Progress } from './job.ts'
import type { Mask } from './masking.ts'
import type { ToldJob } from './notification.ts'
import type { JobSays, Said } from './progress.ts'

/** A checkpoint stays as it is: the next attempt goes on from it. */
export function maskSaid(mask: Mask, said: readonly Said[]): Said[] {
  return said.map((one) => ({ ...one, event: maskEvent(mask, one.event) }))
}

function maskEvent({ text, json }: Mask, event: JobSays): JobSays {
  const orNull = (words: string | null) => (words === null ? null : text(words))
  switch (event.says) {
    case 'progress':
      return { ...event, unit: orNull(event.unit), message: orNull(event.message) }
    case 'phase':
      return { ...event, name: text(event.name) }
    case 'result':
      return { ...event, value: json(event.value) }
    case 'error':
      return { ...event, message: text(event.message) }
    default:
      return event
  }
}

export function maskFailure<Told extends Omit<Failure, 'lastLines'>>({ text }: Pick<Mask, 'text'>, failure: Told): Told {
  const { hint, phase } = failure
  return {
    ...failure,
    message: text(failure.message),
    ...(hint === undefined ? {} : { hint: text(hint) }),
    ...(phase === undefined ? {} : { phase: text(phase) }),
    ...('lastLines' in failure ? { lastLines: (failure.lastLines as string[]).map((line) => text(line)) } : {}),
  }
}

/** A job as people see it: of what was stored before a secret was known. Its input is its caller's. */
export function maskJob<One extends Job>({ text, json }: Mask, job: One): One {
  const orNull = (words: string | null) => (words === null ? null : text(words))
  const { command, failure, progress, saved, stalled } = job
  return {
    ...job,
    name: orNull(job.name),
    command: command?.map((word) => text(word)) ?? null,
    result: json(job.result),
    failure: failure && maskFailure({ text }, failure),
    progress: progress && maskProgress({ text }, progress),
    saved: saved && { ...saved, phase: orNull(saved.phase), unit: orNull(saved.unit) },
    stalled: stalled && { ...stalled, lastLine: orNull(stalled.lastLine) },
    stopWhy: orNull(job.stopWhy),
  }
}

function maskProgress({ text }: Pick<Mask, 'text'>, progress: Progress): Progress {
  const { phase, message, phases } = progress
  return {
    ...progress,
    phase: phase && { ...phase, name: text(phase.name) },
    message: message === null ? null : text(message),
    phases: phases.map((one) => ({ ...one, name: text(one.name) })),
  }
}

export function maskTold(mask: Mask, job: ToldJob): ToldJob {
  const orNull = (words: string | null) => (words === null ? null : mask.text(words))
  return { ...job, name: orNull(job.name), failure: job.failure && maskFailure(mask, job.failure), stalled: orNull(job.stalled) }
}
