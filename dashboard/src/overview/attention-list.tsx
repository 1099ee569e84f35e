// What needs somebody, each with why, the one most likely action, and the way to it.
import type { ArtifactView, Job } from 'holdfast/client'
import type { ComponentChildren } from 'preact'
import { ago, capital, count } from '../../../src/views/format.ts'
import { Icon, type IconName } from '../../../src/views/icon.tsx'
import { outcomeOf, subtitleOf, titleOf } from '../../../src/views/job-words.ts'
import { resumeWords } from '../../../src/views/resume-words.ts'
import { Differences } from '../artifacts/differences.tsx'
import { differences } from '../artifacts/fingerprint.ts'
import { client, kinds, kindTitles } from '../client.ts'
import { useAsking } from '../job/use-asking.ts'
import { takesNothing } from '../job-types/kind-words.ts'
import { link } from '../place.ts'
import { type May, useMay } from '../role.tsx'
import { useLocation } from '../router.tsx'
import { type Attention, dismissalOf } from './attention.ts'
import { dismiss } from './dismissed.ts'

const mostShown = 20
const by = { by: 'dashboard' }

export function AttentionList({ needs, now }: { needs: readonly Attention[]; now: number }) {
  const may = useMay('operator', 'act on these')
  const hasEnded = needs.some(({ is }) => is === 'failed' || is === 'interrupted')
  return (
    <section class="section" aria-labelledby="needs-attention">
      <header>
        <h2 id="needs-attention">
          Needs attention <span class="n">{count(needs.length)}</span>
        </h2>
        {may.reason}
      </header>
      <ul class="card attn">
        {needs
          .slice(0, mostShown)
          .map((need) =>
            need.is === 'required' ? (
              <Required key={need.artifact.name} artifact={need.artifact} may={may} />
            ) : (
              <JobNeed key={need.job.id} is={need.is} job={need.job} may={may} now={now} />
            ),
          )}
      </ul>
      {hasEnded && (
        <p class="quiet small below">
          A failed or interrupted job is listed here until a later one of the same job type and key has succeeded (without a key: of the
          same name and input), for 24 hours, or until you dismiss it in this browser.
        </p>
      )}
    </section>
  )
}

const looks = {
  stalled: { word: 'Stalled', icon: 'warn' },
  failed: { word: 'Failed', icon: 'cross' },
  interrupted: { word: 'Interrupted', icon: 'broken' },
} as const satisfies Record<string, { word: string; icon: IconName }>

interface JobNeedProps {
  is: keyof typeof looks
  job: Job
  may: May
  now: number
}

function JobNeed({ is, job, may, now }: JobNeedProps) {
  const { ask, busy, refusal } = useAsking()
  const title = titleOf(job, kindTitles.value)
  const act = actOf(is, job)
  const facts = [subtitleOf(job, kindTitles.value), `#${job.id}`, is !== 'stalled' && job.finishedAt !== null && ago(now - job.finishedAt)]
  return (
    <Row
      is={is}
      {...looks[is]}
      title={title}
      href={link(`jobs/${job.id}`)}
      facts={facts}
      refusal={refusal}
      why={<bdi>{whyOf(is, job, now)}</bdi>}
    >
      <button
        type="button"
        class="btn small"
        aria-label={`${act.verb} ${title} #${job.id}`}
        {...may.press(() => ask(act.verb, act.request), busy !== null)}
      >
        {act.verb}
      </button>
      <a class="btn small" href={link(`jobs/${job.id}`)} aria-label={`View ${title} #${job.id}`}>
        View
      </a>
      {is !== 'stalled' && (
        <button type="button" class="btn small ghost" aria-label={`Dismiss ${title} #${job.id}`} onClick={() => dismiss(dismissalOf(job))}>
          Dismiss
        </button>
      )}
    </Row>
  )
}

/** What people do most of the time; everything else is on its page. */
function actOf(is: keyof typeof looks, job: Job): { verb: string; request: () => Promise<unknown> } {
  if (is === 'stalled') return { verb: 'Keep waiting', request: () => client.keepWaiting(job.id, by) }
  const resume = is === 'interrupted' ? resumeWords(job) : null
  if (resume !== null) return { verb: resume, request: () => client.resume(job.id, by) }
  return { verb: 'Retry', request: () => client.retry(job.id, by) }
}

function whyOf(is: keyof typeof looks, job: Job, now: number): string {
  if (is !== 'stalled') return capital(job.failure?.message ?? '')
  const process = job.stalled?.process ?? null
  if (process === null) return `${outcomeOf(job, now)}.`
  const lives = process.processes === 0 ? 'No process of it was found.' : `The process is alive, ${process.doing}.`
  return `${outcomeOf(job, now)}. ${lives}`
}

function Required({ artifact, may }: { artifact: ArtifactView; may: May }) {
  const { route } = useLocation()
  const { ask, busy, refusal } = useAsking()
  const { name, current, wanted, reasons } = artifact
  const builder = kinds.value.find(({ artifacts, isDefined }) => isDefined && artifacts.includes(name))
  const told = wanted === null || !current?.fingerprint ? [] : differences(current.fingerprint, wanted.fingerprint)
  const isTold = told.some((difference) => difference.name !== null)
  const build = async (kind: string) => {
    const { job } = await client.submit(kind, undefined, { submittedBy: 'dashboard' })
    route(link(`jobs/${job.id}`))
  }
  return (
    <Row
      is="required"
      word={current === null ? 'Build required' : 'Rebuild required'}
      icon="required"
      title={name}
      href={link(`artifacts/${name}`)}
      facts={[current === null ? 'never built' : `snapshot ${current.number} is still served`]}
      refusal={refusal}
      why={isTold ? <Differences of={told} most={3} /> : <bdi>{reasons[0] ?? ''}</bdi>}
    >
      {builder !== undefined &&
        (takesNothing(builder.inputSchema) ? (
          <button
            type="button"
            class="btn small"
            aria-label={`Rebuild ${name}`}
            {...may.press(() => ask('build', () => build(builder.kind)), busy !== null)}
          >
            Rebuild
          </button>
        ) : (
          <a class="btn small" href={link(`job-types/${builder.kind}`)} aria-label={`Rebuild ${name}…`}>
            Rebuild…
          </a>
        ))}
      <a class="btn small" href={link(`artifacts/${name}`)} aria-label={`View ${name}`}>
        View
      </a>
    </Row>
  )
}

interface RowProps {
  is: string
  word: string
  icon: IconName
  title: string
  href: string
  facts: (string | false)[]
  why: ComponentChildren
  refusal: string | null
  /** Buttons. */
  children: ComponentChildren
}

function Row({ is, word, icon, title, href, facts, why, refusal, children }: RowProps) {
  return (
    <li>
      <span class="badge" data-state={is}>
        <Icon name={icon} />
      </span>
      <p class="t" data-state={is}>
        <span class="word">{word}</span>{' '}
        <a data-entry href={href}>
          <bdi>{title}</bdi>
        </a>{' '}
        <bdi class="quiet">{facts.filter(Boolean).join(' · ')}</bdi>
      </p>
      <div class="why">
        {why}
        {refusal !== null && (
          <p class="bad-words" role="alert">
            {refusal}
          </p>
        )}
      </div>
      <div class="acts">{children}</div>
    </li>
  )
}
