// <holdfast-job>: one job as a card, or the active or last one of a kind. After a refresh it finds its job again.
import type { Wanted } from '../../live/live.ts'
import { HoldfastElement } from '../element.ts'
import type { Live } from '../element-client.ts'
import { LaterView } from '../later.tsx'
import { CardSkeleton } from '../skeletons.tsx'
import { jobWanted } from './found-job.ts'

export class HoldfastJob extends HoldfastElement {
  protected override wants(): Wanted[] {
    return jobWanted(this)
  }

  protected override view(live: Live, api: string) {
    return <LaterView host={this} live={live} api={api} view={(parts) => parts.JobView} meanwhile={<CardSkeleton />} />
  }
}
