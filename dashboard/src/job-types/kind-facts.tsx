// What there is to know of a job type: how its jobs went, its rule, what it builds, what asks for it.
import type { KindActivity, KindView, ScheduleView } from 'holdfast/client'
import { fullTime, time } from '../../../src/views/format.ts'
import { client } from '../client.ts'
import { clock } from '../live.ts'
import { link } from '../place.ts'
import { cronWords } from '../schedules/cron-words.ts'
import { useLoaded } from '../settings/use-loaded.ts'
import { lastWords, ruleWords, stripWords } from './kind-words.ts'
import { Strip } from './strip.tsx'

export function KindFacts({ kind, activity }: { kind: KindView; activity: KindActivity | null }) {
  const { value: schedules } = useLoaded(client.schedules)
  const now = clock.value
  return (
    <section class="card panel" aria-labelledby="about">
      <header>
        <h2 id="about">About it</h2>
      </header>
      {activity !== null && activity.recent.length > 0 && (
        <>
          <Strip recent={activity.recent} />
          <p class="quiet small">{stripWords(activity.recent)}</p>
        </>
      )}
      <dl class="facts">
        <dt>Last job</dt>
        <dd>
          {activity?.last ? (
            <a href={link(`jobs/${activity.last.id}`)}>
              <bdi>{lastWords(activity.last, now)}</bdi>
            </a>
          ) : (
            'none has ended yet'
          )}
        </dd>
        <dt>Rule</dt>
        <dd>{ruleWords(kind)}</dd>
        {kind.artifacts.length > 0 && (
          <>
            <dt>Builds</dt>
            <dd>
              {kind.artifacts.map((name, place) => (
                <span key={name}>
                  {place > 0 && ', '}
                  <a href={link(`artifacts/${name}`)}>{name}</a>
                  {activity?.required.includes(name) && ' (required)'}
                </span>
              ))}
            </dd>
          </>
        )}
        <dt>Schedules</dt>
        <dd>
          <Schedules of={(schedules ?? []).filter((schedule) => schedule.kind === kind.kind)} now={now} />
        </dd>
      </dl>
    </section>
  )
}

function Schedules({ of, now }: { of: ScheduleView[]; now: number }) {
  if (of.length === 0) return <>nothing asks for it by itself</>
  return (
    <ul>
      {of.map(({ name, cron, pausedAt, nextAt: [next] }) => (
        <li key={name} title={next === undefined ? undefined : fullTime(next)}>
          <a href={link('schedules')}>{name}</a>: {cronWords(cron)}
          {pausedAt !== null ? ', off' : next === undefined ? '' : `, next ${time(next, now)}`}
        </li>
      ))}
    </ul>
  )
}
