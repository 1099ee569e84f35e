// <holdfast-job>: one job as a card, or the active or last one of a kind. After a refresh it finds its job again.
import type { Wanted } from '../../live/live.ts'
import { HoldfastElement, type ViewProps } from '../element.ts'
import { LaterView } from '../later.tsx'
import { CardSkeleton } from '../skeletons.tsx'
import { jobWanted } from './job-wanted.ts'

export class HoldfastJob extends HoldfastElement {
  protected override wants(): Wanted[] {
    return jobWanted(this)
  }

  protected override view(props: ViewProps) {
    return <LaterView {...props} view={(parts) => parts.JobView} meanwhile={<CardSkeleton />} />
  }
}
