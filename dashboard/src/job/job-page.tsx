// One job: what it is, how it goes or why it failed, its log, and the rest in tabs. One stream keeps it current.
import type { HoldfastClientError, JobDetail } from 'holdfast/client'
import { useEffect, useMemo } from 'preact/hooks'
import { Announcer } from '../../../src/views/announcer.tsx'
import type { ProgressView } from '../../../src/views/job-progress.ts'
import { progressOf } from '../../../src/views/job-progress.ts'
import { isActive, isSettled, isStalled, lookOf, titleOf } from '../../../src/views/job-words.ts'
import { spokenWords } from '../../../src/views/spoken-words.ts'
import { kindTitles } from '../client.ts'
import { clock } from '../live.ts'
import { lineOfAddress } from '../log/log-view.tsx'
import { NoPage } from '../no-page.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { link } from '../place.ts'
import { useRoute } from '../router.tsx'
import { useTabSign } from '../tab-sign.ts'
import { JobFacts } from './job-facts.tsx'
import type { JobFeed } from './job-feed.ts'
import { openJobFeed } from './job-feed.ts'
import { JobHead } from './job-head.tsx'
import { JobTabs } from './job-tabs.tsx'
import { ProcessCard } from './process-card.tsx'
import { ProgressCard } from './progress-card.tsx'
import { StalledCard } from './stalled-card.tsx'
import { Verdict } from './verdict.tsx'

export function JobPage() {
  const { id = '' } = useRoute().params
  const number = /^#?\d+$/.test(id) ? Number(id.replace('#', '')) : 0
  if (number === 0 || !Number.isSafeInteger(number)) return <NoPage />
  return <OneJob key={number} id={number} />
}

function OneJob({ id }: { id: number }) {
  const feed = useMemo(() => openJobFeed(id, lineOfAddress()), [id])
  useEffect(() => feed.close, [feed])
  const job = feed.job.value
  const problem = feed.problem.value
  return (
    <>
      {problem !== null && job === null && <Missing id={id} />}
      {problem !== null && (
        <ProblemNote problem={problem}>
          {mayWorkLater(problem) && (
            <button type="button" class="btn" onClick={() => location.reload()}>
              Try again
            </button>
          )}
          <a class="btn" href={link('jobs')}>
            All jobs
          </a>
        </ProblemNote>
      )}
      {job !== null && <Loaded job={job} feed={feed} />}
      {job === null && problem === null && <Loading id={id} />}
    </>
  )
}

function Loaded({ job, feed }: { job: JobDetail; feed: JobFeed }) {
  const title = titleOf(job, kindTitles.value)
  const look = lookOf(job)
  const view = progressOf(job, clock.value)
  useTabSign(`${isActive(job) && !isStalled(job) ? activeSign(view, look.word) : look.word} ${title} #${job.id}`, look.tone)
  const hasProgress = view !== null || isActive(job)
  const endedCalmly = job.startedAt !== null && (job.state === 'succeeded' || job.state === 'cancelled')
  return (
    <>
      <JobHead job={job} title={title} />
      <JobFacts job={job} />
      <Verdict job={job} />
      <StalledCard job={job} title={title} log={feed.log} />
      <div class={hasProgress ? 'two even' : 'two alone'}>
        {(hasProgress || endedCalmly) && <ProgressCard job={job} view={view} log={feed.log} />}
        <ProcessCard job={job} />
      </div>
      <JobTabs job={job} log={feed.log} />
      <Announcer sentence={`${title}: ${spokenWords(job, view)}`} urgent={isSettled(job)} />
    </>
  )
}

/** The per cent is the phase's: beside it stands which one. */
function activeSign(view: ProgressView | null, word: string): string {
  return view === null || view.percent === null ? word : [view.percent, view.position].filter(Boolean).join(', ')
}

/** In the shape of the page, so that nothing jumps when it comes. */
function Loading({ id }: { id: number }) {
  useTabSign(`#${id}`, null)
  return (
    <div role="status" aria-label={`Loading job ${id}`} aria-busy="true">
      <span class="skel" style={{ width: '160px', marginTop: '4px' }} />
      <span class="skel" style={{ width: '320px', height: '28px', marginTop: '12px' }} />
      <span class="skel" style={{ width: '60%', height: '32px', marginTop: '24px' }} />
      <span class="skel" style={{ height: '200px', marginTop: '24px' }} />
    </div>
  )
}

function Missing({ id }: { id: number }) {
  useTabSign(`#${id}`, null)
  return (
    <header class="page-head">
      <h1>Job #{id}</h1>
    </header>
  )
}

function mayWorkLater({ status }: HoldfastClientError): boolean {
  return status === 0 || status >= 500
}
