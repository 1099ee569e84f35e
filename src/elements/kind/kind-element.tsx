// <holdfast-kind>: one line a job type, with its start button.
import type { Wanted } from '../../live/live.ts'
import { HoldfastElement, type ViewProps } from '../element.ts'
import { kindWanted } from '../kind-wanted.ts'
import { LaterView } from '../later.tsx'
import { LineSkeleton } from '../skeletons.tsx'

export class HoldfastKind extends HoldfastElement {
  protected override wants(): Wanted[] {
    return kindWanted(this)
  }

  protected override view(props: ViewProps) {
    return <LaterView {...props} view={(parts) => parts.KindView} meanwhile={<LineSkeleton />} />
  }
}
