// Job types as rows. On phones a row becomes an entry; the roles are written out because `display: grid` takes them away.
import type { KindActivity, KindView } from 'holdfast/client'
import { fullTime } from '../../../src/views/format.ts'
import { clock } from '../live.ts'
import { cell, group, head, row, table } from '../parts/table-roles.ts'
import { link } from '../place.ts'
import { type May, useMay } from '../role.tsx'
import { KindPill } from './condition-pill.tsx'
import { lastWords, nextWords } from './kind-words.ts'
import { StartButton } from './start-button.tsx'
import { Strip } from './strip.tsx'

export interface JobTypesTableProps {
  kinds: readonly KindView[]
  activities: ReadonlyMap<string, KindActivity>
}

export function JobTypesTable({ kinds, activities }: JobTypesTableProps) {
  const may = useMay('operator', 'start jobs')
  return (
    <>
      {may.reason}
      <div class="card">
        <table class="table jobs types" {...table} aria-label="Job types">
          <thead {...group}>
            <tr {...row}>
              <th {...head} class="st">
                Condition
              </th>
              <th {...head} class="name">
                Job type
              </th>
              <th {...head} class="why">
                Last job
              </th>
              <th {...head} class="bars">
                Last 30
              </th>
              <th {...head} class="num took">
                Next
              </th>
              <th {...head} class="go">
                <span class="sr">Start</span>
              </th>
            </tr>
          </thead>
          <tbody {...group}>
            {kinds.map((kind) => (
              <KindRow key={kind.kind} kind={kind} activity={activities.get(kind.kind) ?? null} may={may} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function KindRow({ kind, activity, may }: { kind: KindView; activity: KindActivity | null; may: May }) {
  const now = clock.value
  const last = activity?.last ?? null
  const nextAt = activity?.nextAt ?? null
  return (
    <tr {...row}>
      <td {...cell} class="st">
        {activity !== null && <KindPill activity={activity} />}
      </td>
      <td {...cell} class="name" title={kind.description ?? undefined}>
        <a href={link(`job-types/${kind.kind}`)}>
          <bdi>{kind.title}</bdi>
        </a>{' '}
        {kind.title !== kind.kind && <bdi class="sub">{kind.kind}</bdi>}
      </td>
      <td {...cell} class="why" title={last?.finishedAt == null ? undefined : fullTime(last.finishedAt)}>
        {activity !== null && <bdi>{lastWords(last, now)}</bdi>}
      </td>
      <td {...cell} class="bars">
        {activity !== null && activity.recent.length > 0 && <Strip recent={activity.recent} />}
      </td>
      <td {...cell} class="num quiet took" title={nextAt === null ? undefined : fullTime(nextAt)}>
        {nextWords(nextAt, now)}
      </td>
      <td {...cell} class="go">
        <StartButton kind={kind} activity={activity} may={may} />
      </td>
    </tr>
  )
}
