// All job types: how each stands, how its last jobs went, when the next comes, and the button that starts one.
import type { KindActivity, KindView } from 'holdfast/client'
import { useEffect } from 'preact/hooks'
import { kinds, loadKinds } from '../client.ts'
import { NoJobs } from '../jobs/no-jobs.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useActivity } from '../parts/use-activity.ts'
import { useTabSign } from '../tab-sign.ts'
import { JobTypesTable } from './job-types-table.tsx'

/** The server tells of so many at a time. */
const mostKinds = 50

export function JobTypesPage() {
  useTabSign('Job types', null)
  useEffect(() => void loadKinds(), [])
  const shown = kinds.value
  const { view, problem } = useActivity({ kind: shown.slice(0, mostKinds).map(({ kind }) => encodeURIComponent(kind)) })
  const activities = view.value === null ? null : new Map(view.value.kinds.map((activity) => [activity.kind, activity]))
  return (
    <>
      <PageHead title="Job types" lead={activities === null ? undefined : sentence(shown, activities)} />
      {problem.value !== null && <ProblemNote problem={problem.value} />}
      {activities === null && problem.value === null && <Skeleton label="Loading job types" />}
      {activities !== null && shown.length === 0 && <NoJobs />}
      {activities !== null && shown.length > 0 && <JobTypesTable kinds={shown} activities={activities} />}
    </>
  )
}

function sentence(shown: readonly KindView[], activities: ReadonlyMap<string, KindActivity>): string {
  if (shown.length === 0) return 'There is none yet. A job type is defined in your app; a command needs none.'
  const all = [...activities.values()]
  const said = [
    counted(all.filter(({ active }) => active !== null).length, 'is under way', 'are under way'),
    counted(all.filter(({ condition }) => condition === 'failed').length, 'failed last', 'failed last'),
    counted(all.filter(({ condition }) => condition === 'required').length, 'has to be rebuilt', 'have to be rebuilt'),
    counted(all.filter(({ pausedAt }) => pausedAt !== null).length, 'is paused', 'are paused'),
  ].filter((words) => words !== '')
  if (said.length === 0)
    return shown.length === 1 ? 'One job type, and nothing of it is under way.' : `${shown.length} job types, and nothing is under way.`
  return `Of ${shown.length === 1 ? 'one job type' : `${shown.length} job types`}, ${said.join(', ')}.`
}

function counted(total: number, one: string, many: string): string {
  return total === 0 ? '' : `${total} ${total === 1 ? one : many}`
}
