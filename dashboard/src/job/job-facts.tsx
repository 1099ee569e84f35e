// The strip of facts under the title: when, how long, which try, who.
import type { JobDetail } from 'holdfast/client'
import type { ComponentChildren } from 'preact'
import { ago, count, duration, fullTime, time } from '../../../src/views/format.ts'
import { isSettled, outcomeOf, tookMs } from '../../../src/views/job-words.ts'
import { clock } from '../live.ts'
import { link } from '../place.ts'

const endWords: Record<string, string> = {
  succeeded: 'Finished',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
  expired: 'Expired',
}

export function JobFacts({ job }: { job: JobDetail }) {
  return (
    <dl class="strip">
      {isSettled(job) ? <SettledFacts job={job} /> : <OpenFacts job={job} />}
      {job.attempts > 0 && <Fact name="Attempt">{count(job.attempts)}</Fact>}
      <Fact name="Queue">{job.queue}</Fact>
      {job.artifacts.length > 0 && (
        <Fact name={artifactWords(job)}>
          <ArtifactLinks names={job.artifacts} />
        </Fact>
      )}
      {job.submittedBy !== null && (
        <Fact name="Started by">
          <bdi>{job.submittedBy}</bdi>
        </Fact>
      )}
    </dl>
  )
}

function OpenFacts({ job }: { job: JobDetail }) {
  const now = clock.value
  const took = tookMs(job, now)
  return (
    <>
      {took === null || job.startedAt === null ? (
        <>
          <Fact name="Asked">
            <Instant at={job.submittedAt} now={now} />
          </Fact>
          <Fact name="Waiting">
            {duration(now - job.submittedAt)}, {outcomeOf(job, now)}
          </Fact>
        </>
      ) : (
        <>
          <Fact name="Started">
            <Instant at={job.startedAt} now={now} />
          </Fact>
          <Fact name="Elapsed">{duration(took)}</Fact>
          {job.usual !== null && <Fact name="Usually takes">{duration(job.usual.durationMs)}</Fact>}
        </>
      )}
    </>
  )
}

function SettledFacts({ job }: { job: JobDetail }) {
  const now = clock.value
  const took = tookMs(job, now)
  const by = job.state === 'cancelled' && job.stopAskedBy !== null ? ` by ${job.stopAskedBy}` : ''
  return (
    <>
      {job.finishedAt !== null && (
        <Fact name={endWords[job.state] ?? 'Ended'}>
          <Instant at={job.finishedAt} now={now} />
          {by}, {ago(now - job.finishedAt)}
        </Fact>
      )}
      <Fact name="Took">{took === null ? 'never started' : duration(took)}</Fact>
    </>
  )
}

function artifactWords(job: JobDetail): string {
  if (job.state === 'succeeded') return 'Published'
  return isSettled(job) ? 'Not published' : 'Publishes'
}

function ArtifactLinks({ names }: { names: string[] }) {
  return names.map((name, place) => (
    <>
      {place > 0 && ', '}
      <a key={name} href={link(`artifacts/${name}`)}>
        {name}
      </a>
    </>
  ))
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Instant({ at, now }: { at: number; now: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
      {time(at, now)}
    </time>
  )
}
