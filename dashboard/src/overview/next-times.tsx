// What schedules ask for next.
import type { ScheduleView } from 'holdfast/client'
import { about, fullTime, shortTime } from '../../../src/views/format.ts'
import { kindTitles } from '../client.ts'
import { link } from '../place.ts'

const mostShown = 5

export function NextTimes({ schedules, now }: { schedules: readonly ScheduleView[]; now: number }) {
  const next = schedules
    .flatMap(({ name, kind, nextAt }) => nextAt.map((at) => ({ name, kind, at })))
    .filter(({ at }) => at > now)
    .sort((one, other) => one.at - other.at)
    .slice(0, mostShown)
  return (
    <section class="section" aria-labelledby="next">
      <header>
        <h2 id="next">Next</h2>
        <a href={link('schedules')}>Schedules</a>
      </header>
      {next.length === 0 ? (
        <p class="card none">Nothing is scheduled.</p>
      ) : (
        <ol class="card next">
          {next.map(({ name, kind, at }) => (
            <li key={`${name} ${at}`} title={fullTime(at)}>
              <time dateTime={new Date(at).toISOString()}>{clockOf(at)}</time>
              <a href={link(`job-types/${kind}`)}>
                <bdi>{kindTitles.value.get(kind) ?? kind}</bdi>
              </a>
              <span class="quiet">{whenWords(at, now)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

/** Whatever the day is: that stands at the end of the row. */
function clockOf(at: number): string {
  return shortTime(at, at)
}

function whenWords(at: number, now: number): string {
  const day = new Date(now)
  if (new Date(at).toDateString() === day.toDateString()) return `in ${about(at - now).replace(/^about /, '')}`
  day.setDate(day.getDate() + 1)
  return new Date(at).toDateString() === day.toDateString() ? 'tomorrow' : shortTime(at, now)
}
