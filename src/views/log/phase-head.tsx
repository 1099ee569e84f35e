// The heading of a phase in the log. Drawn, not part of the text: what is copied is the job's own.
import { duration, timeOfDay } from '../format.ts'
import { Icon, type IconName } from '../icon.tsx'
import type { PhaseHead } from './log-phases.ts'

const icons: Record<PhaseHead['look'], IconName> = { running: 'running', failed: 'cross', over: 'check' }

export function Head({ head: { span, look } }: { head: PhaseHead }) {
  const took = span.finishedAt === null ? `since ${timeOfDay(span.startedAt)}` : duration(span.finishedAt - span.startedAt)
  return (
    <div class="phase-head" data-look={look}>
      <Icon name={icons[look]} />
      <b>
        <bdi>{span.name}</bdi>
      </b>
      <span>{took}</span>
    </div>
  )
}
