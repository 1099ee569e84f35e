// The process behind the job: number, command, who looks after it, and whether it was adopted by another.
import type { Attempt, JobDetail } from 'holdfast/client'
import { time } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { exitWords, isSettled } from '../../../src/views/job-words.ts'
import { clock, isLost } from '../live.ts'
import { Command } from './command.tsx'
import { ProcessNotes, ProcessUse } from './process-use.tsx'
import { RunnerName } from './runner-name.tsx'

export function ProcessCard({ job }: { job: JobDetail }) {
  const attempt = job.history.at(-1)
  return (
    <section class="card panel" aria-labelledby="process">
      <header>
        <h2 id="process">Process</h2>
        <span class="quiet push">{stateOfProcess(job, attempt)}</span>
      </header>
      <dl class="facts">
        <dt class="full">{job.command === null ? 'Runs' : 'Command'}</dt>
        <dd class="full">
          {job.command === null ? (
            <>
              the module of <code>{job.kind}</code>
            </>
          ) : (
            <Command argv={job.command} />
          )}
        </dd>
        {attempt !== undefined && (
          <>
            <dt>Runner</dt>
            <dd>
              <RunnerName id={attempt.runnerId} />
            </dd>
          </>
        )}
        {isSettled(job) && exitWords(job) !== null && (
          <>
            <dt>Exit</dt>
            <dd>{job.signal ?? `code ${job.exitCode}`}</dd>
          </>
        )}
        <ProcessUse job={job} />
      </dl>
      <ProcessNotes job={job} />
      {attempt !== undefined && attempt.adoptedAt !== null && (
        <p class="reason">
          <Icon name="adopt" />
          <span>
            Another runner {isSettled(job) ? 'looked' : 'looks'} after it since {time(attempt.adoptedAt, clock.value)}; the process went on
            and no line was lost.
          </span>
        </p>
      )}
      {job.state === 'failed' && job.artifacts.length > 0 && (
        <p class="reason">
          <Icon name="info" />
          <span>Nothing was published. Readers keep the last good {job.artifacts.join(', ')}.</span>
        </p>
      )}
    </section>
  )
}

function stateOfProcess(job: JobDetail, attempt: Attempt | undefined): string {
  if (attempt === undefined) return 'not started'
  const pid = attempt.pid === null ? '' : `pid ${attempt.pid}, `
  if (attempt.state === 'ended' || isSettled(job)) return `${pid}ended`
  if (attempt.state === 'starting') return 'starting'
  return isLost.value ? `${pid}alive at ${time(clock.value, clock.value)}` : `${pid}alive`
}
