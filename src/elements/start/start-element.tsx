// <holdfast-start>: a button that knows why it cannot be pressed.
import type { Wanted } from '../../live/live.ts'
import { HoldfastElement, type ViewProps } from '../element.ts'
import { kindOf, kindWanted } from '../kind-wanted.ts'
import { useChange, useReflected } from '../use-reflected.ts'
import { StartButton } from './start-button.tsx'
import { useStartLook } from './use-start-look.ts'

export class HoldfastStart extends HoldfastElement {
  protected override wants(): Wanted[] {
    return kindWanted(this)
  }

  protected override view(props: ViewProps) {
    return <Start {...props} />
  }

  /** The button is inside, where a label of the page does not reach. */
  override focus(options?: FocusOptions): void {
    this.shadowRoot?.querySelector('button')?.focus(options)
  }
}

function Start({ host, live, api }: ViewProps) {
  const { starting, look, question } = useStartLook({ host, live, api })
  const kind = kindOf(host, live)
  useReflected(host, { state: look.state, stalled: kind?.condition === 'stalled', busy: look.isBusy })
  useChange(kind?.condition, (from, to) => host.tell('holdfast-condition', { from, to }))
  return <StartButton host={host} look={look} starting={starting} question={question} variant={host.attribute('variant')} />
}
