// The terminal's side: `recommend setup`, with or without a web server, and the first index of `npm start`. A rebuild that runs is followed, whoever started it.
import type { Writable } from 'node:stream'
import { HoldfastError } from 'holdfast'
import { showJob } from 'holdfast/terminal'
import type { App } from './app.ts'
import { startRebuild } from './app.ts'
import { logFile, type Mode, rebuildInput } from './rebuild-job.ts'
import { clock, count, duration, modeWords } from './words.ts'

/** Rebuilds what is asked for; with null what is missing. Resolves with the exit code: 0 when there is an index that is as asked for. */
export async function setup(app: App, asked: Mode | null, { by, out }: { by: string; out: Writable }): Promise<number> {
  const current = asked === null ? await app.library.get() : null
  if (current !== null) {
    out.write(`Index ${current.number} is in use, ${count(current.index.films.length)} films. Nothing to rebuild.\n`)
    return 0
  }
  const { job, created } = await startRebuild(app, asked ?? 'data', by)
  const { mode } = rebuildInput.parse(job.input)
  const from = `asked for at ${clock(job.submittedAt)}${job.submittedBy === null ? '' : ` by ${job.submittedBy}`}`
  out.write(
    created
      ? `Rebuild ${job.id}: ${modeWords[mode]}.\n`
      : `Rebuild ${job.id} (${modeWords[mode]}) is running already, ${from}; following it.\n`,
  )
  return await follow(app, job.id, out)
}

async function follow(app: App, id: number, out: Writable): Promise<number> {
  const done = await showJob(app.holdfast, id, { out })
  const built = done.state === 'succeeded' ? await app.library.get() : null
  if (built === null) {
    out.write(`${done.state}: ${done.failure?.message ?? 'it was stopped before it finished'}\nwhole log   ${logFile(app.logs, id)}\n`)
    return 1
  }
  const took = duration((done.finishedAt ?? 0) - (done.startedAt ?? done.submittedAt))
  out.write(`succeeded, index ${built.number} is in use, ${count(built.index.films.length)} films, ${took}\n`)
  return 0
}

/** What `setup --refresh-data` and the like mean. */
export function modeFrom({ data, profile }: { data: boolean; profile: boolean }): Mode | null {
  if (data && profile) throw new HoldfastError('invalid_config', '--refresh-data rebuilds the profile too: give one of the two.')
  return data ? 'data' : profile ? 'profile' : null
}
