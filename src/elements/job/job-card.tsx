// A job as a card: what it is, how it goes or went, its signs of life. Drawn from what it is given; the actions come as its child.
import type { ComponentChildren } from 'preact'
import type { ActiveJob, Job } from '../../client/index.ts'
import { sinceThen, time } from '../../views/format.ts'
import { Icon } from '../../views/icon.tsx'
import { isStalled, lookOf, subtitleOf } from '../../views/job-words.ts'
import { Pill } from '../../views/pill.tsx'
import { noLines, Pulse } from '../../views/pulse.tsx'
import type { Aged } from '../aged-look.ts'
import { Reason } from '../reason.tsx'
import { useOwnId } from '../use-own-id.ts'
import { jobLines } from './job-lines.ts'
import { ProgressLines } from './job-progress-lines.tsx'

export interface JobCardProps {
  job: ActiveJob | Job
  title: string
  titles: ReadonlyMap<string, string>
  now: number
  isCompact: boolean
  /** Address of the job's page. */
  href: string
  /** What is shown is of a time that is over; null: it is of now. */
  aged: Aged | null
  children?: ComponentChildren
}

export function JobCard({ job, title, titles, now, isCompact, href, aged, children }: JobCardProps) {
  const id = useOwnId()
  const { say, lines } = jobLines(job, now)
  const runs = job.state === 'running'
  const isLost = aged !== null
  const subtitle = subtitleOf(job, titles)
  return (
    <article
      class={isCompact ? 'jobcard compact' : 'jobcard'}
      part="card"
      data-state={isLost ? 'queued' : lookOf(job).tone}
      aria-labelledby={id}
    >
      <div class="top">
        <span part="state">{aged === null ? <Pill job={job} /> : <AgedPill aged={aged} />}</span>
        <a class="id" href={href} aria-label={`Job ${job.id}`}>
          #{job.id}
        </a>
      </div>
      <p class="title" part="title" id={id}>
        <bdi>{title}</bdi>
        {subtitle !== '' && (
          <span class="what">
            <bdi>{subtitle}</bdi>
          </span>
        )}
      </p>
      {say !== null && (
        <p class="line say">
          <bdi>{say}</bdi>
        </p>
      )}
      {runs && <ProgressLines job={job} now={now} isLost={isLost} />}
      {lines.map((line) => (
        <p key={line} class="line">
          <bdi>{line}</bdi>
        </p>
      ))}
      {runs && !isCompact && !isLost && <Life job={job} now={now} />}
      {aged !== null && (
        <>
          <p class="line">{aged.words}</p>
          <Reason why={aged.why} />
        </>
      )}
      {children}
    </article>
  )
}

function AgedPill({ aged }: { aged: Aged }) {
  return (
    <span class="pill" data-state={aged.icon === 'broken' ? 'interrupted' : 'queued'}>
      <Icon name={aged.icon} />
      {aged.word}
    </span>
  )
}

function Life({ job, now }: { job: Job; now: number }) {
  const { heartbeatAt } = job
  const words =
    heartbeatAt === null
      ? 'No sign of life so far'
      : isStalled(job)
        ? `Last ${time(heartbeatAt, now)}`
        : `Sign of life ${sinceThen(now - heartbeatAt)}`
  return (
    <div class="life" part="life">
      <span>{words}</span>
      <Pulse job={job} log={noLines} now={now} isLost={false} />
    </div>
  )
}
