// How far the job is: the tideline with its phases, amount and what is left; below it the signs of life.
import type { Job } from 'holdfast/client'
import { sinceThen, time } from '../format.ts'
import type { ProgressView, Step } from '../job-progress.ts'
import type { Tone } from '../job-words.ts'
import { isActive, lookOf } from '../job-words.ts'
import { clock, isLost } from '../live.ts'
import type { LogWindow } from '../log/log-window.ts'
import type { IconName } from '../parts/icon.tsx'
import { Icon } from '../parts/icon.tsx'
import { Pulse } from '../parts/pulse.tsx'
import { Tideline } from '../parts/tideline.tsx'

export interface ProgressCardProps {
  job: Job
  view: ProgressView | null
  log: LogWindow
}

export function ProgressCard({ job, view, log }: ProgressCardProps) {
  const { tone } = lookOf(job)
  return (
    <section class="card panel" aria-label={isActive(job) ? 'Progress' : 'How far it came'}>
      <Headline job={job} view={view} />
      {view !== null && <Tideline view={view} tone={tone} />}
      {view !== null && view.steps.length > 0 && <Steps view={view} tone={tone} />}
      {isActive(job) && <Vital job={job} log={log} />}
    </section>
  )
}

function Headline({ job, view }: { job: Job; view: ProgressView | null }) {
  const message = job.progress?.message ?? null
  if (view === null) {
    return (
      <div class="big">
        <strong>{job.state === 'stopping' ? 'Stopping' : 'Running'}</strong>
        <span class="soft">It has not said how far it is.</span>
      </div>
    )
  }
  const soft = [view.percent === null && view.position !== null ? `phase ${view.position}` : null, view.amount].filter(Boolean).join(', ')
  return (
    <>
      <div class="big">
        <strong>{view.percent ?? view.phase ?? lookOf(job).word}</strong>
        {soft !== '' && <span class="soft">{soft}</span>}
        {view.left !== null && <span class="eta">{view.left}</span>}
      </div>
      {message !== null && (
        <p class="message">
          <bdi>{message}</bdi>
        </p>
      )}
    </>
  )
}

function Steps({ view, tone }: { view: ProgressView; tone: Tone }) {
  const many = view.segments.length > 6
  return (
    <ol class={many ? 'steps many' : 'steps'} ref={(list) => list?.style.setProperty('--segments', String(view.segments.length))}>
      {view.steps.map((step, place) => (
        <li
          // Phases are never reordered.
          key={place}
          data-state={stepTone(step, tone)}
          aria-current={step.look === 'now' ? 'step' : undefined}
          style={{ '--span': String(step.span) }}
        >
          <Icon name={stepIcon(step, tone)} />
          <b>
            <bdi>{step.name}</bdi>
          </b>
          <span>{step.note}</span>
        </li>
      ))}
    </ol>
  )
}

function stepTone({ look }: Step, tone: Tone): Tone {
  return look === 'done' ? 'succeeded' : look === 'later' ? 'queued' : tone
}

function stepIcon({ look }: Step, tone: Tone): IconName {
  if (look === 'done') return 'check'
  if (look === 'later') return 'queued'
  const icons: Record<Tone, IconName> = {
    running: 'running',
    cancelling: 'stop',
    succeeded: 'check',
    failed: 'cross',
    interrupted: 'broken',
    cancelled: 'slash',
    queued: 'queued',
  }
  return icons[tone]
}

function Vital({ job, log }: { job: Job; log: LogWindow }) {
  const now = clock.value
  const { heartbeatAt } = job
  return (
    <div class="vital">
      <div class="head">
        <h2>{lastSign(heartbeatAt, now)}</h2>
        <span class="push quiet">output and progress</span>
      </div>
      <Pulse job={job} log={log} now={now} />
    </div>
  )
}

function lastSign(heartbeatAt: number | null, now: number): string {
  if (heartbeatAt === null) return 'No sign of life so far'
  return `Last sign of life ${isLost.value ? `known: ${time(heartbeatAt, now)}` : sinceThen(now - heartbeatAt)}`
}
