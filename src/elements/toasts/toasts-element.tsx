// <holdfast-toasts>: tells of jobs that end or go silent while the page is open.
import type { Wanted } from '../../live/live.ts'
import { HoldfastElement } from '../element.ts'
import type { Live } from '../element-client.ts'
import { LaterView } from '../later.tsx'

export class HoldfastToasts extends HoldfastElement {
  /** For the browser's own notifications. */
  protected override isToldHidden(): boolean {
    return this.hasAttribute('notify')
  }

  protected override wants(): Wanted[] {
    return []
  }

  protected override view(live: Live, api: string) {
    return <LaterView host={this} live={live} api={api} view={(parts) => parts.ToastsView} meanwhile={null} />
  }
}
