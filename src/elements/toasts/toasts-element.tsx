// <holdfast-toasts>: tells of jobs that end or go silent while the page is open.
import type { Live, Wanted } from '../../live/live.ts'
import { HoldfastElement } from '../element.ts'
import { LaterView } from '../later.tsx'

export class HoldfastToasts extends HoldfastElement {
  protected override wants(): Wanted[] {
    return []
  }

  protected override view(live: Live, api: string) {
    return <LaterView host={this} live={live} api={api} view={(parts) => parts.ToastsView} meanwhile={null} />
  }
}
