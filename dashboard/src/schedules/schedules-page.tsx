// What asks for jobs by itself: when next, what it asks for, whether the last time went well.
import type { ScheduleView } from 'holdfast/client'
import { useState } from 'preact/hooks'
import { client } from '../client.ts'
import { clock } from '../live.ts'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { usePolled } from '../parts/use-polled.ts'
import { useMay } from '../role.tsx'
import { useTabSign } from '../tab-sign.ts'
import { timeIn } from './instants-in-zone.ts'
import { ScheduleDialog } from './schedule-dialog.tsx'
import { ScheduleEntry } from './schedule-entry.tsx'

export function SchedulesPage() {
  const { view: schedules, problem, again } = usePolled((signal) => client.schedules({ signal }))
  const [editing, setEditing] = useState<ScheduleView | 'new' | null>(null)
  const mayStart = useMay('operator', 'start their jobs and switch them')
  const mayChange = useMay('admin', 'add, change and remove them')
  useTabSign('Schedules', null)
  return (
    <>
      <PageHead title="Schedules" lead={schedules === null ? undefined : sentence(schedules, clock.value)}>
        <button type="button" class="btn" {...mayChange.press(() => setEditing('new'))}>
          Add a schedule…
        </button>
      </PageHead>
      {mayStart.reason}
      {mayChange.reason}
      {problem !== null && schedules === null && <ProblemNote problem={problem} />}
      {schedules === null && problem === null && <Skeleton label="Loading schedules" />}
      {schedules?.length === 0 && (
        <p class="card none">Nothing is scheduled. Your app can say what is to happen when, and so can an admin here.</p>
      )}
      {schedules !== null && schedules.length > 0 && (
        <ul class="schedules">
          {inOrder(schedules).map((schedule) => (
            <ScheduleEntry
              key={schedule.name}
              schedule={schedule}
              mayStart={mayStart}
              mayChange={mayChange}
              onChange={again}
              onEdit={() => setEditing(schedule)}
            />
          ))}
        </ul>
      )}
      {editing !== null && <ScheduleDialog schedule={editing === 'new' ? null : editing} onDone={again} onClose={() => setEditing(null)} />}
    </>
  )
}

/** What comes next first; what is off last. */
function inOrder(schedules: readonly ScheduleView[]): ScheduleView[] {
  const next = ({ nextAt }: ScheduleView) => nextAt[0] ?? Number.POSITIVE_INFINITY
  return schedules.toSorted((one, other) => (next(one) === next(other) ? 0 : next(one) - next(other)))
}

function sentence(schedules: readonly ScheduleView[], now: number): string {
  if (schedules.length === 0) return 'Nothing happens by itself.'
  const [first] = inOrder(schedules)
  const off = schedules.filter(({ pausedAt }) => pausedAt !== null).length
  const troubled = schedules.filter(({ trouble }) => trouble !== null).length
  const said = [
    off > 0 && `${off} ${off === 1 ? 'is' : 'are'} off`,
    troubled > 0 && `${troubled} could not ask for a job last time`,
  ].filter(Boolean)
  const rest = said.length === 0 ? '' : ` ${said.join(', ')}.`
  const at = first?.nextAt[0]
  if (first === undefined || at === undefined) return `No schedule fires any more.${rest}`
  return `${first.name} comes next, ${timeIn(at, now, null)}.${rest}`
}
