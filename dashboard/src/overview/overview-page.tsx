// The first page: a sentence, what needs somebody, what runs and waits, what has finished today, what comes next.
import type { Activity, Job } from 'holdfast/client'
import { count } from '../../../src/views/format.ts'
import { isStalled } from '../../../src/views/job-words.ts'
import { NoJobs } from '../jobs/no-jobs.tsx'
import { clock } from '../live.ts'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { link } from '../place.ts'
import { useMay } from '../role.tsx'
import { useTabSign } from '../tab-sign.ts'
import { type Attention, attentionOf } from './attention.ts'
import { AttentionList } from './attention-list.tsx'
import { dismissed } from './dismissed.ts'
import { FinishedToday } from './finished-today.tsx'
import { JobCard } from './job-card.tsx'
import { NextTimes } from './next-times.tsx'
import { standingSentence } from './overview-words.ts'
import { type Overview, useOverview } from './use-overview.ts'
import { WaitingList } from './waiting-list.tsx'

export function OverviewPage() {
  const overview = useOverview()
  const { activity, problem } = overview
  const now = clock.value
  const needs = activity === null ? [] : attentionOf({ ...overview, active: activity.active, dismissed: dismissed.value, now })
  useTabSign(needs.length > 0 ? `(${needs.length}) Overview` : 'Overview', toneOf(needs, activity))
  if (activity !== null && isEmpty(activity)) return <Empty />
  return (
    <>
      <PageHead title="Overview" lead={activity === null ? undefined : standingSentence(standing(activity, now))} />
      {problem !== null && <ProblemNote problem={problem} />}
      {activity === null && problem === null && <Skeleton label="Loading the overview" />}
      {activity !== null && <Loaded overview={overview} activity={activity} needs={needs} now={now} />}
    </>
  )
}

function Empty() {
  return (
    <>
      <PageHead
        title="No jobs yet"
        lead="A job appears here the moment something asks for one. Pick the way that fits; all three can be mixed."
      />
      <NoJobs />
    </>
  )
}

interface LoadedProps {
  overview: Overview
  activity: Activity
  needs: Attention[]
  now: number
}

const mostCards = 6

function Loaded({ overview, activity, needs, now }: LoadedProps) {
  const running = runningOf(activity)
  const total = activity.summary.running + activity.summary.stopping - activity.summary.stalled
  const waiting = activity.active.filter(({ state }) => state === 'queued')
  const may = useMay('operator', 'cancel jobs')
  return (
    <>
      {needs.length > 0 && <AttentionList needs={needs} now={now} />}
      <section class="section" aria-labelledby="running-now">
        <header>
          <h2 id="running-now">
            Running now <span class="n">{count(Math.max(total, running.length))}</span>
          </h2>
          <a href={link('jobs', running.length > mostCards ? { state: 'running' } : {})}>All jobs</a>
        </header>
        {running.length > 0 && may.reason}
        {running.length === 0 ? (
          <p class="card none">Nothing is running{waiting.length > 0 ? ' of what is asked for' : ''}.</p>
        ) : (
          <ul class="cards">
            {running.slice(0, mostCards).map((job) => (
              <JobCard key={job.id} job={job} may={may} now={now} />
            ))}
          </ul>
        )}
        {waiting.length > 0 && <WaitingList jobs={waiting} total={activity.summary.queued} now={now} />}
      </section>
      <div class="after">
        <FinishedToday jobs={todayOf(activity, now)} isMore={isMoreToday(activity, now)} now={now} />
        <NextTimes schedules={overview.schedules} now={now} />
      </div>
    </>
  )
}

function isEmpty({ summary }: Activity): boolean {
  const { active, succeeded, failed, cancelled, interrupted, expired } = summary
  return active + succeeded + failed + cancelled + interrupted + expired === 0
}

function runningOf({ active }: Activity): Activity['active'] {
  return active.filter((job) => (job.state === 'running' && !isStalled(job)) || job.state === 'stopping')
}

function standing(activity: Activity, now: number) {
  const { running, stopping, stalled, queued } = activity.summary
  return {
    running: Math.max(0, running + stopping - stalled),
    stalled,
    waiting: queued,
    today: todayOf(activity, now),
    isMore: isMoreToday(activity, now),
  }
}

function todayOf({ settled }: Activity, now: number): Job[] {
  const today = new Date(now).toDateString()
  return settled.filter(({ finishedAt }) => finishedAt !== null && new Date(finishedAt).toDateString() === today)
}

/** The stream tells of so many; when all of them are of today, there may be more. */
function isMoreToday(activity: Activity, now: number): boolean {
  return activity.settled.length >= mostSettled && todayOf(activity, now).length === activity.settled.length
}

const mostSettled = 20

function toneOf(needs: readonly Attention[], activity: Activity | null): 'stalled' | 'failed' | 'interrupted' | 'running' | null {
  const first = needs[0]
  if (first !== undefined) return first.is === 'required' ? 'stalled' : first.is
  return activity !== null && activity.summary.running > 0 ? 'running' : null
}
