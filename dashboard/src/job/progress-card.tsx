// How far the job is: the tideline with its phases, amount and what is left; below it the signs of life.
import type { Job } from 'holdfast/client'
import { roundDuration, sinceThen, time } from '../../../src/views/format.ts'
import type { IconName } from '../../../src/views/icon.tsx'
import { Icon } from '../../../src/views/icon.tsx'
import type { ProgressView, Step } from '../../../src/views/job-progress.ts'
import type { Tone } from '../../../src/views/job-words.ts'
import { endingOf, factsOf, isActive, isSettled, isStalled, lookOf, stallLimitMs } from '../../../src/views/job-words.ts'
import type { LogWindow } from '../../../src/views/log/log-window.ts'
import { Pulse } from '../../../src/views/pulse.tsx'
import { Tideline } from '../../../src/views/tideline.tsx'
import { clock, isLost } from '../live.ts'

export interface ProgressCardProps {
  job: Job
  view: ProgressView | null
  log: LogWindow
}

export function ProgressCard({ job, view, log }: ProgressCardProps) {
  const { tone } = lookOf(job)
  return (
    <section class="card panel" aria-label={isActive(job) ? 'Progress' : job.state === 'failed' ? 'How far it came' : 'How it ended'}>
      <Headline job={job} view={view} />
      {view !== null && <Tideline view={view} tone={tone} />}
      {view !== null && view.steps.length > 0 && <Steps view={view} tone={tone} />}
      {isActive(job) && !isStalled(job) && <Vital job={job} log={log} />}
    </section>
  )
}

function Headline({ job, view }: { job: Job; view: ProgressView | null }) {
  if (isSettled(job) && job.state !== 'failed') return <Ending job={job} view={view} />
  if (view === null) {
    return (
      <div class="big">
        <strong>{job.state === 'stopping' ? 'Stopping' : 'Running'}</strong>
        <span class="soft">It has not said how far it is.</span>
      </div>
    )
  }
  const soft = [view.position && `phase ${view.position}`, view.amount].filter(Boolean).join(', ')
  return (
    <>
      <div class="big">
        <strong>{view.percent ?? view.phase ?? lookOf(job).word}</strong>{' '}
        {view.percent !== null && view.phase !== null && (
          <span class="of">
            of <bdi>{view.phase}</bdi>
          </span>
        )}{' '}
        {soft !== '' && <span class="soft">{soft}</span>}
        {view.left !== null && <span class="eta">{view.left}</span>}
      </div>
      <Message text={job.progress?.message ?? null} />
    </>
  )
}

/** A job that is over: how it ended and what counts of that, not where it last was. */
function Ending({ job, view }: { job: Job; view: ProgressView | null }) {
  const facts = factsOf(job.result)
  const soft = job.state === 'succeeded' ? facts.join(' · ') : reached(view)
  return (
    <>
      <div class="big">
        <strong>{endingOf(job)}</strong>{' '}
        {soft !== '' && (
          <span class="soft">
            <bdi>{soft}</bdi>
          </span>
        )}
      </div>
      {facts.length === 0 && <Message text={job.progress?.message ?? null} />}
    </>
  )
}

function reached(view: ProgressView | null): string {
  if (view === null) return ''
  const place = [view.percent, view.phase].filter(Boolean).join(' of ')
  return [place && `at ${place}`, view.position && `phase ${view.position}`, view.amount].filter(Boolean).join(', ')
}

function Message({ text }: { text: string | null }) {
  if (text === null) return null
  return (
    <p class="message">
      <bdi>{text}</bdi>
    </p>
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
          style={{ '--span': String(step.span), ...(step.from !== null && { '--from': String(step.from) }) }}
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
    stalled: 'warn',
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
        <span class="push quiet">{warnsWhen(job)}</span>
      </div>
      <Pulse job={job} log={log} now={now} isLost={isLost.value} />
    </div>
  )
}

function warnsWhen(job: Job): string {
  if (job.stall === null) return 'output and progress'
  const silence = job.stall.heartbeats === 'any' ? 'of silence' : 'without a heartbeat'
  return `warns after ${roundDuration(stallLimitMs(job))} ${silence}`
}

function lastSign(heartbeatAt: number | null, now: number): string {
  if (heartbeatAt === null) return 'No sign of life so far'
  return `Last sign of life ${isLost.value ? `known: ${time(heartbeatAt, now)}` : sinceThen(now - heartbeatAt)}`
}
