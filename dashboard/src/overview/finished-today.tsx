// What has ended today, newest first.
import type { Job } from 'holdfast/client'
import { count, fullTime, shortTime, stopwatch } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { lookOf, outcomeOf, subtitleOf, titleOf, tookMs, wholeTitleOf } from '../../../src/views/job-words.ts'
import { kindTitles } from '../client.ts'
import { cell, group, head, row, table } from '../parts/table-roles.ts'
import { link } from '../place.ts'

const mostShown = 10

export interface FinishedTodayProps {
  jobs: readonly Job[]
  /** There may be more than these. */
  isMore: boolean
  now: number
}

export function FinishedToday({ jobs, isMore, now }: FinishedTodayProps) {
  const total = `${count(jobs.length)}${isMore ? '+' : ''}`
  return (
    <section class="section" aria-labelledby="finished-today">
      <header>
        <h2 id="finished-today">
          Finished today <span class="n">{total}</span>
        </h2>
        {jobs.length > 0 && <a href={link('jobs')}>All jobs</a>}
      </header>
      {jobs.length === 0 ? (
        <p class="card none">None so far.</p>
      ) : (
        <div class="card">
          <table class="table jobs recent" {...table} aria-label="Finished today">
            <thead {...group}>
              <tr {...row}>
                <th {...head} class="name">
                  Job
                </th>
                <th {...head} class="why">
                  Result
                </th>
                <th {...head} class="num took">
                  Took
                </th>
                <th {...head} class="num when">
                  Ended
                </th>
                <th {...head} class="num id">
                  No.
                </th>
              </tr>
            </thead>
            <tbody {...group}>
              {jobs.slice(0, mostShown).map((job) => (
                <Row key={job.id} job={job} now={now} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function Row({ job, now }: { job: Job; now: number }) {
  const { tone, icon, word } = lookOf(job)
  const took = tookMs(job, now)
  const outcome = outcomeOf(job, now)
  return (
    <tr {...row}>
      <td {...cell} class="name" title={wholeTitleOf(job, kindTitles.value)}>
        <span class="mark-state" data-state={tone}>
          <Icon name={icon} />
          <span class="sr">{word}: </span>
        </span>
        <a href={link(`jobs/${job.id}`)}>
          <bdi>{titleOf(job, kindTitles.value)}</bdi>
        </a>{' '}
        <bdi class="sub">{subtitleOf(job, kindTitles.value)}</bdi>
      </td>
      <td {...cell} class="why">
        <bdi title={outcome}>{outcome}</bdi>
      </td>
      <td {...cell} class="num took">
        {took === null ? '–' : stopwatch(took)}
      </td>
      <td {...cell} class="num quiet when" title={job.finishedAt === null ? undefined : fullTime(job.finishedAt)}>
        {job.finishedAt === null ? '–' : shortTime(job.finishedAt, now)}
      </td>
      <td {...cell} class="num id">
        #{job.id}
      </td>
    </tr>
  )
}
