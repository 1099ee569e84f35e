// <holdfast-toasts>: tells of jobs that end or go silent while the page is open.
import type { Wanted } from '../../live/live.ts'
import { HoldfastElement, type ViewProps } from '../element.ts'
import { LaterView } from '../later.tsx'

export class HoldfastToasts extends HoldfastElement {
  /** For the browser's own notifications. */
  protected override isToldHidden(): boolean {
    return this.hasAttribute('notify')
  }

  protected override wants(): Wanted[] {
    return []
  }

  protected override view(props: ViewProps) {
    return <LaterView {...props} view={(parts) => parts.ToastsView} meanwhile={null} />
  }
}
