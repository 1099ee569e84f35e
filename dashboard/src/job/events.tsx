// Who asked what and what happened, newest first.
import type { JobDetail, JobEvent } from 'holdfast/client'
import { capital, fullTime, time } from '../../../src/views/format.ts'
import { oneLine } from '../../../src/views/job-words.ts'
import { clock } from '../live.ts'

export function Events({ job }: { job: JobDetail }) {
  if (job.events.length === 0) return <p class="card none">Nothing was recorded so far.</p>
  return (
    <ol class="card events">
      {job.events
        .toSorted((one, other) => other.at - one.at || other.version - one.version)
        .map((event) => (
          <li key={`${event.version}-${event.name}-${event.at}`}>
            <time class="quiet" dateTime={new Date(event.at).toISOString()} title={fullTime(event.at)}>
              {time(event.at, clock.value)}
            </time>
            <span>
              <b>{wordsOf(event)}</b>
              {event.by !== null && (
                <>
                  {' '}
                  by <bdi>{event.by}</bdi>
                </>
              )}
            </span>
            <bdi class="quiet">{oneLine(event.details)}</bdi>
          </li>
        ))}
    </ol>
  )
}

function wordsOf({ name }: JobEvent): string {
  return capital(name.replaceAll(/[-_.]/g, ' '))
}
