// The jobs of one page. On phones a row becomes an entry of three lines; the roles are written out because `display: grid` takes them away.
import type { Job } from 'holdfast/client'
import { fullTime, shortTime, stopwatch } from '../../../src/views/format.ts'
import type { ProgressView } from '../../../src/views/job-progress.ts'
import { progressOf } from '../../../src/views/job-progress.ts'
import { isActive, isStalled, lookOf, outcomeOf, subtitleOf, titleOf, tookMs, wholeTitleOf } from '../../../src/views/job-words.ts'
import { Pill } from '../../../src/views/pill.tsx'
import { Tideline } from '../../../src/views/tideline.tsx'
import { kindTitles } from '../client.ts'
import { clock } from '../live.ts'
import { cell, group, head, row, table } from '../parts/table-roles.ts'
import { link } from '../place.ts'
import type { Selection } from './selection.ts'

export interface JobsTableProps {
  jobs: Job[]
  busy: boolean
  /** Absent: none can be chosen. */
  selection?: Selection
}

export function JobsTable({ jobs, busy, selection }: JobsTableProps) {
  return (
    <div class="card">
      <table class={selection === undefined ? 'table jobs' : 'table jobs pickable'} {...table} aria-label="Jobs" aria-busy={busy}>
        <thead {...group}>
          <tr {...row}>
            {selection !== undefined && (
              <th {...head} class="pick">
                <PickPage jobs={jobs} selection={selection} />
              </th>
            )}
            <th {...head} class="st">
              State
            </th>
            <th {...head} class="name">
              Job
            </th>
            <th {...head} class="why">
              Progress, result or reason
            </th>
            <th {...head} class="num when">
              Started
            </th>
            <th {...head} class="num took">
              Took
            </th>
            <th {...head} class="by">
              By
            </th>
            <th {...head} class="num id">
              No.
            </th>
          </tr>
        </thead>
        <tbody {...group}>
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} page={jobs} selection={selection} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function PickPage({ jobs, selection }: { jobs: Job[]; selection: Selection }) {
  const chosen = jobs.filter(({ id }) => selection.has(id)).length
  const set = (box: HTMLInputElement | null) => {
    if (box !== null) box.indeterminate = chosen > 0 && chosen < jobs.length
  }
  return (
    <input
      type="checkbox"
      ref={set}
      aria-label="All jobs of this page"
      checked={chosen === jobs.length}
      onChange={(event) => selection.setPage(jobs, event.currentTarget.checked)}
    />
  )
}

interface JobRowProps {
  job: Job
  page: Job[]
  selection: Selection | undefined
}

function JobRow({ job, page, selection }: JobRowProps) {
  const chosen = selection !== undefined && (selection.has(job.id) || selection.isMatching.value)
  const choose = (event: MouseEvent) => selection?.toggle(job, event.shiftKey ? page : [])
  const at = job.startedAt ?? job.submittedAt
  const took = tookMs(job, clock.value)
  const title = titleOf(job, kindTitles.value)
  const subtitle = subtitleOf(job, kindTitles.value)
  const whole = wholeTitleOf(job, kindTitles.value)
  return (
    <tr {...row} data-id={job.id} class={chosen ? 'chosen' : undefined}>
      {selection !== undefined && (
        <td {...cell} class="pick">
          <label>
            <input type="checkbox" aria-label={`#${job.id} ${title}`} checked={chosen} onClick={choose} />
          </label>
        </td>
      )}
      <td {...cell} class="st">
        <Pill job={job} />
      </td>
      <td {...cell} class="name" title={subtitle === '' ? whole : `${whole}, ${subtitle}`}>
        <a href={link(`jobs/${job.id}`)}>
          <bdi>{title}</bdi>
        </a>{' '}
        <bdi class="sub">{subtitle}</bdi>
      </td>
      <td {...cell} class="why">
        <Outcome job={job} now={clock.value} />
      </td>
      <td {...cell} class="num quiet when" title={fullTime(at)}>
        {shortTime(at, clock.value)}
      </td>
      <td {...cell} class="num took">
        {took === null ? '–' : stopwatch(took)}
      </td>
      <td {...cell} class="quiet by">
        {job.submittedBy ?? '–'}
      </td>
      <td {...cell} class="num id">
        #{job.id}
      </td>
    </tr>
  )
}

/** The per cent is the phase's. */
function phaseWords({ percent, phase }: ProgressView): string {
  return percent === null ? `${phase}` : `${percent} of ${phase}`
}

function Outcome({ job, now }: { job: Job; now: number }) {
  const line = outcomeOf(job, now)
  const view = isActive(job) && !isStalled(job) ? progressOf(job, now) : null
  if (view === null || view.segments.length === 0) return <bdi title={line}>{line}</bdi>
  const said = view.phase === null ? [view.percent, line || view.amount].filter(Boolean).join(' ') : phaseWords(view)
  return (
    <>
      <span class="inbar">
        <Tideline view={view} tone={lookOf(job).tone} thin />
      </span>
      <bdi>{view.percent === null && view.position !== null ? `${said}, ${view.position}` : said}</bdi>
    </>
  )
}
