// <holdfast-log>: the log of a job, or of the active or last job of a kind, alone.
import type { Wanted } from '../../live/live.ts'
import { HoldfastElement, type ViewProps } from '../element.ts'
import { jobWanted } from '../job/job-wanted.ts'
import { LaterView } from '../later.tsx'
import { CardSkeleton } from '../skeletons.tsx'

export class HoldfastLog extends HoldfastElement {
  protected override wants(): Wanted[] {
    return jobWanted(this)
  }

  protected override view(props: ViewProps) {
    return <LaterView {...props} view={(parts) => parts.LogView} meanwhile={<CardSkeleton />} />
  }
}
