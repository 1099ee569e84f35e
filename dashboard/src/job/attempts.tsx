// The tries of a job, newest first.
import type { Attempt, JobDetail } from 'holdfast/client'
import { fullTime, stopwatch, time } from '../../../src/views/format.ts'
import { exitWords } from '../../../src/views/job-words.ts'
import { clock } from '../live.ts'
import { reachable } from '../parts/reachable.ts'
import { RunnerName } from './runner-name.tsx'

export function Attempts({ job }: { job: JobDetail }) {
  if (job.history.length === 0) return <p class="card none">It has not been started yet.</p>
  return (
    <div class="card scroll-x" {...reachable('Attempts')}>
      <table class="table">
        <thead>
          <tr>
            <th>No.</th>
            <th>State</th>
            <th>Started</th>
            <th class="num">Took</th>
            <th>Process</th>
            <th>Runner</th>
          </tr>
        </thead>
        <tbody>
          {job.history.toReversed().map((attempt) => (
            <tr key={attempt.attempt}>
              <td class="id">{attempt.attempt}</td>
              <td>
                {stateWords(attempt)}
                {attempt.failure !== null && (
                  <p class="ended-why">
                    <bdi>{attempt.failure.message}</bdi>
                  </p>
                )}
              </td>
              <td title={fullTime(attempt.startedAt)}>{time(attempt.startedAt, clock.value)}</td>
              <td class="num">{stopwatch((attempt.finishedAt ?? clock.value) - attempt.startedAt)}</td>
              <td>{attempt.pid === null ? '–' : `pid ${attempt.pid}`}</td>
              <td>
                <RunnerName id={attempt.runnerId} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function stateWords(attempt: Attempt): string {
  const words = attempt.state === 'ended' ? (exitWords(attempt) ?? 'end not seen') : attempt.state
  return attempt.adoptedAt === null ? words : `${words}, adopted ${time(attempt.adoptedAt, clock.value)}`
}
