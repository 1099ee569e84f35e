// The list of jobs, live: state chips, one page of rows, older and newer.
import { useEffect, useMemo } from 'preact/hooks'
import { count } from '../../../src/views/format.ts'
import { isStalled } from '../../../src/views/job-words.ts'
import { counts } from '../client.ts'
import { ConnectionNote } from '../parts/connection-note.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { link } from '../place.ts'
import { useLocation } from '../router.tsx'
import { useTabSign } from '../tab-sign.ts'
import { BulkBar } from './bulk-bar.tsx'
import type { JobListFilter } from './job-filter.ts'
import { allJobs, chips, filterLink, filterOf, hasMore, totalOf } from './job-filter.ts'
import { JobsTable } from './jobs-table.tsx'
import { useListKeys } from './list-keys.ts'
import { NoJobs } from './no-jobs.tsx'
import { createSelection } from './selection.ts'
import { StateChips } from './state-chips.tsx'
import type { ShownPage } from './use-job-list.ts'
import { useJobList } from './use-job-list.ts'

export function JobsPage() {
  const filter = filterOf(useLocation().query)
  const { page, problem, key } = useJobList(filter)
  const active = counts.value === null ? 0 : counts.value.running + counts.value.stopping
  const stalled = page.value?.jobs.filter(isStalled).length ?? 0
  const sign = [active > 0 && `${count(active)} running`, stalled > 0 && `${count(stalled)} stalled`].filter(Boolean).join(', ')
  useTabSign(sign === '' ? 'Jobs' : `${sign} · Jobs`, stalled > 0 ? 'stalled' : active > 0 ? 'running' : null)
  const isEmpty = page.value?.jobs.length === 0 && counts.value !== null && totalOf(allJobs, counts.value) === 0
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{isEmpty ? 'No jobs yet' : 'Jobs'}</h1>
          {isEmpty && (
            <p class="lead">A job appears here the moment something asks for one. Pick the way that fits; all three can be mixed.</p>
          )}
        </div>
        <div class="right">
          <ConnectionNote />
        </div>
      </header>
      {problem.value !== null && (
        <ProblemNote problem={problem.value}>
          <a class="btn" href={link('jobs')}>
            All jobs
          </a>
        </ProblemNote>
      )}
      {isEmpty ? <NoJobs /> : <List filter={filter} page={page.value} busy={page.value?.of !== key} />}
    </>
  )
}

interface ListProps {
  filter: JobListFilter
  page: ShownPage | null
  busy: boolean
}

function List({ filter, page, busy }: ListProps) {
  // Chosen over several pages of one filter.
  const selection = useMemo(createSelection, [filterLink({ ...filter, before: null })])
  useEffect(() => selection.refresh(page?.jobs ?? []), [selection, page])
  useListKeys(page?.jobs ?? [], selection)
  return (
    <>
      <StateChips filter={filter} jobs={page?.jobs ?? []} />
      {page === null ? (
        <Skeleton />
      ) : page.jobs.length > 0 ? (
        <JobsTable jobs={page.jobs} busy={busy} selection={selection} />
      ) : (
        <NoMatch filter={filter} page={page} />
      )}
      <BulkBar filter={filter} selection={selection} />
      {page !== null && !busy && <Paging filter={filter} page={page} />}
    </>
  )
}

function NoMatch({ filter, page }: { filter: JobListFilter; page: ShownPage }) {
  const words = [
    filter.chip.id === '' ? null : filter.chip.word.toLowerCase(),
    filter.kind !== null && `of type ${filter.kind}`,
    filter.queue !== null && `in queue ${filter.queue}`,
    filter.by !== null && `asked for by ${filter.by}`,
  ]
  // The server looks at so many jobs for one page, and no more.
  const where = page.before !== null ? ' among those looked at so far' : filter.before === null ? '' : ' on this page'
  return (
    <div class="card none">
      <p>
        <b>No jobs match.</b> There is none {words.filter(Boolean).join(', ')}
        {where}.
      </p>
      <a class="btn" href={link('jobs')}>
        Show all jobs
      </a>
    </div>
  )
}

/** In the shape of the table, so that nothing jumps when it comes. */
function Skeleton() {
  return (
    <div class="card" aria-busy="true" aria-label="Loading jobs" role="status">
      {[44, 60, 36, 52, 40].map((width) => (
        <div key={width} class="skel-row">
          <span class="skel" style={{ width: '96px' }} />
          <span class="skel" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  )
}

/** Which page came before which: the API only looks back, so "Newer" goes the way one came. Only a page that is there counts. */
const newerOf = new Map<number, number | null>()

function Paging({ filter, page }: { filter: JobListFilter; page: ShownPage }) {
  const { before } = filter
  if (before === null && page.before === null && page.jobs.length === 0) return null
  if (page.before !== null) newerOf.set(page.before, before)
  const newer = before === null ? undefined : filterLink({ ...filter, before: newerOf.get(before) ?? null })
  const older = page.before === null ? undefined : filterLink({ ...filter, before: page.before })
  return (
    <nav class="paging" aria-label="Pages of jobs">
      <span class="quiet">{shownWords(filter, page)}</span>
      {(newer !== undefined || older !== undefined) && (
        <span class="push row">
          <PageLink to={newer} word="Newer" reason="This is the newest page" />
          <PageLink to={older} word="Older" reason="This is the last page" />
        </span>
      )}
    </nav>
  )
}

function PageLink({ to, word, reason }: { to: string | undefined; word: string; reason: string }) {
  if (to !== undefined)
    return (
      <a class="btn small" href={to}>
        {word}
      </a>
    )
  return (
    <button type="button" class="btn small" aria-disabled="true" title={reason}>
      {word}
    </button>
  )
}

function shownWords(filter: JobListFilter, { jobs }: ShownPage): string {
  const { chip, before } = filter
  const [first, last] = [jobs[0], jobs.at(-1)]
  if (first === undefined || last === undefined) return ''
  if (before !== null) return first === last ? `#${first.id}` : `#${first.id} to #${last.id}`
  const total = counts.value === null || hasMore(filter) ? null : totalOf(chips.find(({ id }) => id === chip.id) ?? chip, counts.value)
  if (total === null || total <= jobs.length) return jobs.length === 1 ? '1 job' : `${count(jobs.length)} jobs`
  return `Newest ${count(jobs.length)} of ${count(total)}`
}
