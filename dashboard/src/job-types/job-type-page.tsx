// One job type: what it is, how it stands, the form that starts one, and its jobs.
import type { Job, KindActivity, KindView, WatchedPage } from 'holdfast/client'
import { useEffect, useState } from 'preact/hooks'
import { count } from '../../../src/views/format.ts'
import { client, kinds, loadKinds } from '../client.ts'
import { JobsTable } from '../jobs/jobs-table.tsx'
import { ConnectionNote } from '../parts/connection-note.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useActivity } from '../parts/use-activity.ts'
import { useWatched } from '../parts/use-watched.ts'
import { link } from '../place.ts'
import { useLocation, useRoute } from '../router.tsx'
import { useLoaded } from '../settings/use-loaded.ts'
import { useShortcuts } from '../shortcuts.ts'
import { StartForm } from '../start/start-form.tsx'
import { useTabSign } from '../tab-sign.ts'
import { KindPill } from './condition-pill.tsx'
import { KindFacts } from './kind-facts.tsx'
import { conditionLook } from './kind-words.ts'
import { PauseButton, PausedBanner } from './pause.tsx'

const jobsShown = 20

export function JobTypePage() {
  const { kind = '' } = useRoute().params
  const { from } = useLocation().query
  return <OneKind key={`${kind} ${from}`} name={kind} from={/^\d+$/.test(from ?? '') ? Number(from) : null} />
}

function OneKind({ name, from }: { name: string; from: number | null }) {
  const { value: kind, problem, again } = useLoaded((call) => client.kind(name, call))
  const { view } = useActivity({ kind: [encodeURIComponent(name)] })
  const activity = view.value?.kinds[0] ?? null
  const given = useGiven(from)
  const title = kind?.title ?? kinds.value.find((known) => known.kind === name)?.title ?? name
  const look = activity === null ? null : conditionLook(activity)
  useTabSign(look === null ? title : `${look.word} ${title}`, look === null || look.tone === 'required' ? null : look.tone)
  useShortcuts('This job type', [{ keys: 's', words: 'Start one', press: focusForm }])
  const changed = async () => {
    await Promise.all([again(), loadKinds()])
  }
  return (
    <>
      <nav class="crumb" aria-label="Where">
        <a href={link('job-types')}>Job types</a>
      </nav>
      <header class="page-head tight">
        <div class="job-title">
          <h1>
            <bdi>{title}</bdi>
          </h1>
          {title !== name && <code class="quiet">{name}</code>}
          {activity !== null && <KindPill activity={activity} />}
        </div>
        <div class="right">
          <ConnectionNote />
          {kind !== null && kind.pausedAt === null && <PauseButton kind={kind} onChange={changed} />}
        </div>
      </header>
      {problem !== null && <ProblemNote problem={problem} />}
      {kind === null && problem === null && <Skeleton label={`Loading ${name}`} />}
      {kind !== null && (
        <>
          {kind.description !== null && <p class="lead soft">{kind.description}</p>}
          {kind.pausedAt !== null && <PausedBanner kind={kind} onChange={changed} />}
          <div class="two type">
            <StartCard kind={kind} given={given} activity={activity} />
            <KindFacts kind={kind} activity={activity} />
          </div>
          <KindJobs name={name} />
        </>
      )}
    </>
  )
}

interface Given {
  /** The job whose input is to begin with, once it is there. */
  job: Job | null
  isComing: boolean
}

function useGiven(from: number | null): Given {
  const [given, setGiven] = useState<Given>({ job: null, isComing: from !== null })
  useEffect(() => {
    if (from === null) return
    client.get(from).then(
      (job) => setGiven({ job, isComing: false }),
      () => setGiven({ job: null, isComing: false }),
    )
  }, [from])
  return given
}

function StartCard({ kind, given, activity }: { kind: KindView; given: Given; activity: KindActivity | null }) {
  const active = activity?.active ?? null
  return (
    <section class="card panel" aria-labelledby="start" id="start-card">
      <header>
        <h2 id="start">{given.job === null ? 'Start one' : `Start one like #${given.job.id}`}</h2>
        {kind.unique && active !== null && (
          <span class="push quiet small">
            <a href={link(`jobs/${active.id}`)}>#{active.id}</a> {active.state === 'queued' ? 'waits already' : 'runs already'}
          </span>
        )}
      </header>
      {kind.isDefined ? (
        !given.isComing && <StartForm kind={kind} from={given.job} />
      ) : (
        <p class="soft">This app does not define it: it is only known from its jobs, and nothing of it can be started here.</p>
      )}
    </section>
  )
}

function KindJobs({ name }: { name: string }) {
  const { view } = useWatched<WatchedPage>(name, (show, watch) =>
    client.watchJobs({ kind: name, limit: jobsShown }, { ...watch, onPage: show }),
  )
  const page = view.value
  return (
    <section class="section" aria-labelledby="its-jobs">
      <header>
        <h2 id="its-jobs">Its jobs</h2>
        {page !== null && page.before !== null && <a href={link('jobs', { kind: name })}>All of them</a>}
      </header>
      {page === null && <Skeleton label="Loading jobs" />}
      {page?.jobs.length === 0 && <p class="card none">None so far.</p>}
      {page !== null && page.jobs.length > 0 && <JobsTable jobs={page.jobs} busy={false} />}
      {page !== null && page.before !== null && <p class="quiet small below">The newest {count(page.jobs.length)}.</p>}
    </section>
  )
}

function focusForm(): void {
  const card = document.getElementById('start-card')
  const first = card?.querySelector<HTMLElement>('.field :is(input, select, textarea, button), .acts button')
  first?.focus()
}
