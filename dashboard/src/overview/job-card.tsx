// One running job: for what, how far, its signs of life, and what can be done.
import type { ActiveJob } from 'holdfast/client'
import { useMemo, useState } from 'preact/hooks'
import { shortTime, sinceThen, stopwatch } from '../../../src/views/format.ts'
import { type ProgressView, progressOf } from '../../../src/views/job-progress.ts'
import { lookOf, subtitleOf, titleOf, tookMs, wholeTitleOf } from '../../../src/views/job-words.ts'
import { LogWindow } from '../../../src/views/log/log-window.ts'
import { Pill } from '../../../src/views/pill.tsx'
import { Pulse } from '../../../src/views/pulse.tsx'
import { Tideline } from '../../../src/views/tideline.tsx'
import { kindTitles } from '../client.ts'
import { CancelDialog } from '../job/cancel-dialog.tsx'
import { isLost } from '../live.ts'
import { link } from '../place.ts'
import type { May } from '../role.tsx'

export interface JobCardProps {
  job: ActiveJob
  /** Cancel it. */
  may: May
  now: number
}

export function JobCard({ job, may, now }: JobCardProps) {
  const [isAsking, setAsking] = useState(false)
  const title = titleOf(job, kindTitles.value)
  const view = progressOf(job, now)
  const took = tookMs(job, now)
  const what = [subtitleOf(job, kindTitles.value), job.startedAt !== null && startedWords(job, now)].filter(Boolean).join(', ')
  return (
    <li class="card jobcard" data-state={lookOf(job).tone}>
      <div class="top">
        <Pill job={job} />
        <span class="id">#{job.id}</span>
      </div>
      <h3 title={wholeTitleOf(job, kindTitles.value)}>
        <a data-entry href={link(`jobs/${job.id}`)}>
          <bdi>{title}</bdi>
        </a>
      </h3>
      <p class="what">
        <bdi>{what}</bdi>
      </p>
      <Progress job={job} view={view} />
      <Life job={job} now={now} />
      <div class="acts">
        <a class="btn small" href={link(`jobs/${job.id}`)} aria-label={`View ${title} #${job.id}`}>
          View
        </a>
        {job.state === 'running' && (
          <button type="button" class="btn small ghost" aria-label={`Cancel ${title} #${job.id}…`} {...may.press(() => setAsking(true))}>
            Cancel…
          </button>
        )}
        {took !== null && <span class="push quiet">{stopwatch(took)}</span>}
      </div>
      {isAsking && <CancelDialog job={job} title={title} onClose={() => setAsking(false)} />}
    </li>
  )
}

function startedWords({ startedAt, submittedBy }: ActiveJob, now: number): string {
  return `started ${shortTime(startedAt ?? now, now)}${submittedBy === null ? '' : ` by ${submittedBy}`}`
}

function Progress({ job, view }: { job: ActiveJob; view: ProgressView | null }) {
  if (view === null) return <p class="said">{job.state === 'stopping' ? 'Asked to stop.' : 'It has not said how far it is.'}</p>
  return (
    <div class="how-far">
      <div class="phase">
        <b>
          <bdi>{view.phase ?? job.progress?.message ?? 'Running'}</bdi>
        </b>
        {view.position !== null && <span class="quiet">{view.position}</span>}
        {view.percent !== null && <span class="pct">{view.percent}</span>}
      </div>
      <Tideline view={view} tone={lookOf(job).tone} />
      <div class="under">
        <span>{view.amount}</span>
        <span>{view.left?.replace(/ in this phase$/, '') ?? (view.percent === null ? 'no total yet' : '')}</span>
      </div>
    </div>
  )
}

function Life({ job, now }: { job: ActiveJob; now: number }) {
  // What this page has seen of it: its log is on its own page.
  const log = useMemo(() => new LogWindow(async () => ({ lines: [], lastSeq: 0, unfinished: [] })), [job.id])
  return (
    <div class="life">
      <span>{job.heartbeatAt === null ? 'No sign of life so far' : `Sign of life ${sinceThen(now - job.heartbeatAt)}`}</span>
      <div class="beats">
        <Pulse job={job} log={log} now={now} isLost={isLost.value} />
      </div>
    </div>
  )
}
