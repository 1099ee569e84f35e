// One schedule: when, what, how the last time went, and what can be done with it.
import type { ScheduleView } from 'holdfast/client'
import { useState } from 'preact/hooks'
import { about, ago, fullTime } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { oneLine } from '../../../src/views/job-words.ts'
import { client, kindTitles } from '../client.ts'
import { useAsking } from '../job/use-asking.ts'
import { clock } from '../live.ts'
import { FormDialog } from '../parts/form-dialog.tsx'
import { link } from '../place.ts'
import type { May } from '../role.tsx'
import { useLocation } from '../router.tsx'
import { cronWords } from './cron-words.ts'
import { isElsewhere, timeIn } from './instants-in-zone.ts'

export interface ScheduleEntryProps {
  schedule: ScheduleView
  mayStart: May
  mayChange: May
  onChange(): Promise<void>
  onEdit(): void
}

const by = { by: 'dashboard' }

export function ScheduleEntry(props: ScheduleEntryProps) {
  const { name, kind, cron, timeZone, pausedAt, pausedBy, trouble, missed } = props.schedule
  const words = cronWords(cron)
  const isOff = pausedAt !== null
  return (
    <li class="card panel schedule">
      <header>
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <span class="pill plain" data-state={isOff ? 'queued' : 'succeeded'}>
          <Icon name={isOff ? 'pause' : 'check'} />
          {isOff ? 'Off' : 'On'}
        </span>
        <span class="soft">
          {words}
          {words !== cron && <code class="quiet"> {cron}</code>} <span class="quiet">in {timeZone}</span>
        </span>
      </header>
      {isOff && (
        <p class="soft">
          Switched off{pausedBy === null ? '' : ` by ${pausedBy}`} {ago(clock.value - pausedAt)}: it asks for nothing.
        </p>
      )}
      {trouble !== null && (
        <p class="bad-words">
          The last time it could not ask for a job: <bdi>{trouble}</bdi>
        </p>
      )}
      <dl class="facts">
        <dt>Asks for</dt>
        <dd>
          <a data-entry href={link(`job-types/${kind}`)}>
            <bdi>{kindTitles.value.get(kind) ?? kind}</bdi>
          </a>{' '}
          <bdi class="quiet">{oneLine(props.schedule.input)}</bdi>
        </dd>
        {!isOff && (
          <>
            <dt>Next</dt>
            <dd>
              <Times schedule={props.schedule} now={clock.value} />
            </dd>
          </>
        )}
        <dt>Last</dt>
        <dd>
          <LastTime schedule={props.schedule} now={clock.value} />
        </dd>
        <dt>If missed</dt>
        <dd>{missed === 'once' ? 'made up for with one job' : 'left out: it waits for the next time'}</dd>
      </dl>
      <Acts {...props} />
    </li>
  )
}

function Times({ schedule: { nextAt, timeZone }, now }: { schedule: ScheduleView; now: number }) {
  const [first, ...later] = nextAt
  if (first === undefined) return <>never again</>
  return (
    <>
      <b title={fullTime(first)}>{timeIn(first, now, null)}</b>
      {first > now && <span class="quiet">, in {about(first - now).replace(/^about /, '')}</span>}
      {isElsewhere(timeZone, first) && (
        <span class="quiet">
          {' '}
          ({timeIn(first, now, timeZone)} in {timeZone})
        </span>
      )}
      {later.length > 0 && <span class="quiet then">then {later.map((at) => timeIn(at, now, null)).join(', ')}</span>}
    </>
  )
}

function LastTime({ schedule: { lastAt, lastJobId, trouble }, now }: { schedule: ScheduleView; now: number }) {
  if (lastAt === null) return <>not yet</>
  return (
    <span title={fullTime(lastAt)}>
      {ago(now - lastAt)}
      {lastJobId !== null && trouble === null && (
        <>
          : <a href={link(`jobs/${lastJobId}`)}>#{lastJobId}</a>
        </>
      )}
    </span>
  )
}

function Acts({ schedule: { name, pausedAt }, mayStart, mayChange, onChange, onEdit }: ScheduleEntryProps) {
  const { route } = useLocation()
  const { ask, busy, refusal } = useAsking()
  const [isLeaving, setLeaving] = useState(false)
  const isOff = pausedAt !== null
  const runNow = () => client.runScheduleNow(name, by).then(({ job }) => route(link(`jobs/${job.id}`)))
  const toggle = () => (isOff ? client.resumeSchedule : client.pauseSchedule)(name, by).then(onChange)
  return (
    <div class="acts">
      <button type="button" class="btn small" aria-label={`Run now: ${name}`} {...mayStart.press(() => ask('run', runNow), busy !== null)}>
        {busy === 'run' ? 'Asking…' : 'Run now'}
      </button>
      <button
        type="button"
        class="btn small"
        aria-label={`Switch ${isOff ? 'on' : 'off'}: ${name}`}
        {...mayStart.press(() => ask('switch', toggle), busy !== null)}
      >
        Switch {isOff ? 'on' : 'off'}
      </button>
      <button type="button" class="btn small" aria-label={`Change ${name}…`} {...mayChange.press(onEdit)}>
        Change…
      </button>
      <button type="button" class="btn small ghost" aria-label={`Remove ${name}…`} {...mayChange.press(() => setLeaving(true))}>
        Remove…
      </button>
      {refusal !== null && (
        <p class="bad-words" role="alert">
          {refusal}
        </p>
      )}
      {isLeaving && (
        <FormDialog
          title={
            <>
              Remove schedule <bdi>{name}</bdi>?
            </>
          }
          words={<p>It asks for no more jobs. Those it has asked for stay. What your app defines is back with its next start.</p>}
          verb="Remove"
          safe="Keep it"
          danger
          safeFirst
          send={() => client.removeSchedule(name).then(onChange)}
          onClose={() => setLeaving(false)}
        />
      )}
    </div>
  )
}
