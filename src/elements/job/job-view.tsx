// What <holdfast-job> shows and tells: the card of its job, and the events of its life.
import { useRef } from 'preact/hooks'
import type { ActiveJob, Job } from '../../client/index.ts'
import { Announcer } from '../../views/announcer.tsx'
import { progressOf } from '../../views/job-progress.ts'
import { isActive, isSettled, isStalled, titleOf } from '../../views/job-words.ts'
import { spokenWords } from '../../views/spoken-words.ts'
import { agedLook } from '../aged-look.ts'
import { useNow } from '../clock.ts'
import type { HoldfastElement, ViewProps } from '../element.ts'
import type { Live } from '../element-client.ts'
import { LazyLog } from '../log/lazy-log.tsx'
import { settledDetail } from '../log/log-view.tsx'
import { asOf, roleWhy } from '../standing-words.ts'
import { useAsking } from '../use-asking.ts'
import { useChange, useReflected } from '../use-reflected.ts'
import { useTitles } from '../use-titles.ts'
import { foundJob } from './found-job.ts'
import { JobActions } from './job-actions.tsx'
import { JobCard } from './job-card.tsx'
import { Nothing } from './nothing.tsx'

export function JobView(props: ViewProps) {
  const { host, live } = props
  const { job, state, title } = foundJob(host, live)
  const standing = live.standing()
  const isLost = standing.state === 'lost' || standing.state === 'denied'
  useReflected(host, {
    state: job?.state ?? state,
    stalled: job !== null && isStalled(job),
    busy: job !== null && isActive(job),
  })
  useJobEvents(host, live, job)
  if (job === null) return <Nothing {...props} state={state} title={title} />
  return <Shown {...props} job={job} kindTitle={title} isLost={isLost} key={job.id} />
}

interface ShownProps extends ViewProps {
  job: ActiveJob | Job
  kindTitle: string | null
  isLost: boolean
}

function Shown({ host, live, api, job, kindTitle, isLost }: ShownProps) {
  const standing = live.standing()
  const tick = useNow((!isSettled(job) && !isLost) || standing.retryAt !== null)
  const now = asOf(standing) ?? tick
  const asked = useTitles(live.client, kindTitle === null ? [job] : [])
  const titles = kindTitle === null ? asked : new Map([[job.kind, kindTitle]])
  const title = titleOf(job, titles)
  const asking = useAsking(host)
  const href = `${api}jobs/${job.id}`
  const isTail = host.attribute('log') === 'tail'
  const done = (answer: unknown) => {
    if (isSubmitted(answer)) host.tell('holdfast-started', answer)
    return live.refresh()
  }
  return (
    <>
      <JobCard
        job={job}
        title={title}
        titles={titles}
        now={now}
        isCompact={host.hasAttribute('compact')}
        href={href}
        aged={isLost ? agedLook(standing, tick, api) : null}
      >
        {(isTail || host.attribute('log') === 'full') && (
          <LazyLog
            host={host}
            api={api}
            id={job.id}
            isWaiting={job.state === 'queued' && job.logLines === 0}
            isOver={isSettled(job)}
            stream={null}
            isFollowed
            isWrapped={false}
            hasTimes={!isTail}
            height={isTail ? null : '240px'}
            lines={isTail ? 3 : null}
            href={href}
            onLine={(seq, event) => host.tell('holdfast-line-click', { seq }, true) || event.preventDefault()}
          />
        )}
        {!isLost && host.attribute('actions') !== 'off' && (
          <JobActions
            job={job}
            title={title}
            now={now}
            client={live.client}
            asking={asking}
            hasCheck={host.hasAttribute('check')}
            why={roleWhy(standing, 'cancel and start jobs')}
            onDenied={(reason) => host.tell('holdfast-denied', { reason })}
            onDone={done}
          >
            {isSettled(job) && job.logLines > 0 && (
              <a class="push" href={logHref(href, job)}>
                Log
              </a>
            )}
          </JobActions>
        )}
      </JobCard>
      <Announcer sentence={`${title}: ${spokenWords(job, progressOf(job, now))}`} urgent={isSettled(job)} />
    </>
  )
}

function useJobEvents(host: HoldfastElement, live: Live, job: ActiveJob | Job | null): void {
  const stalled = job !== null && isStalled(job)
  const subject = ['job', 'kind', 'key'].map((name) => host.attribute(name as 'job')).join('\n')
  const before = useRef(subject)
  useChange(job === null ? null : `${job.id} ${job.state}`, (from) => {
    const [id, state] = from.split(' ')
    const isOfSame = before.current === subject
    before.current = subject
    // One that began and ended between two looks.
    if (isOfSame && job !== null && job.id !== Number(id) && isSettled(job)) host.tell('holdfast-settled', settledDetail(job))
    // A newer job of the kind may have taken its place before its end was seen here.
    const now = job?.id === Number(id) ? job : live.activity()?.settled.find((settled) => settled.id === Number(id))
    if (now === undefined || now.state === state) return
    host.tell('holdfast-state', { job: now, from: state as Job['state'], to: now.state })
    if (isSettled(now)) host.tell('holdfast-settled', settledDetail(now))
  })
  useChange(job === null ? null : stalled, (_, is) => job !== null && is && host.tell('holdfast-stalled', { job }))
  useChange(job?.progress == null ? null : `${job.id} ${job.progress.updatedAt}`, () => {
    if (job?.progress != null) host.tell('holdfast-progress', { job, progress: job.progress })
  })
}

function logHref(href: string, { failure }: Job): string {
  return failure?.logSeq == null ? href : `${href}#L${failure.logSeq}`
}

/** A rerun answers with another job. */
function isSubmitted(answer: unknown): answer is { job: Job; created: boolean } {
  return typeof answer === 'object' && answer !== null && 'created' in answer
}
