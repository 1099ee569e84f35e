// <holdfast-kind>: one line a job type, with its start button.
import type { Wanted } from '../../live/live.ts'
import { HoldfastElement } from '../element.ts'
import type { Live } from '../element-client.ts'
import { kindWanted } from '../kind-wanted.ts'
import { LaterView } from '../later.tsx'
import { LineSkeleton } from '../skeletons.tsx'

export class HoldfastKind extends HoldfastElement {
  protected override wants(): Wanted[] {
    return kindWanted(this)
  }

  protected override view(live: Live, api: string) {
    return <LaterView host={this} live={live} api={api} view={(parts) => parts.KindView} meanwhile={<LineSkeleton />} />
  }
}
