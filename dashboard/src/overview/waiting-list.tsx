// What has been asked for and does not run yet, each with what it waits for.
import type { Job } from 'holdfast/client'
import { count } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { lookOf, outcomeOf, subtitleOf, titleOf } from '../../../src/views/job-words.ts'
import { kindTitles } from '../client.ts'
import { link } from '../place.ts'

const mostShown = 8

export function WaitingList({ jobs, total, now }: { jobs: readonly Job[]; total: number; now: number }) {
  const more = total - Math.min(jobs.length, mostShown)
  return (
    <ul class="waiting" aria-label="Waiting">
      {jobs.slice(0, mostShown).map((job) => {
        const { word, icon } = lookOf(job)
        return (
          <li key={job.id}>
            <span class="state" data-state="queued">
              <Icon name={icon} />
              {word}
            </span>
            <span class="who-waits">
              <a data-entry href={link(`jobs/${job.id}`)}>
                <bdi>{titleOf(job, kindTitles.value)}</bdi>
              </a>{' '}
              <bdi class="quiet">{[subtitleOf(job, kindTitles.value), `#${job.id}`].filter(Boolean).join(' · ')}</bdi>
            </span>
            <bdi class="quiet for-what">{outcomeOf(job, now)}</bdi>
          </li>
        )
      })}
      {more > 0 && (
        <li>
          <a href={link('jobs', { state: 'waiting' })}>{count(more)} more wait</a>
        </li>
      )}
    </ul>
  )
}
