// <holdfast-fresh id>: what the server has drawn of the page stays true. It shows what it has until there is news.
import type { Wanted } from '../../live/live.ts'
import { HoldfastElement, type ViewProps } from '../element.ts'
import { useFreshParts } from '../later.tsx'

export class HoldfastFresh extends HoldfastElement {
  protected override wants(): Wanted[] {
    return []
  }

  protected override view(props: ViewProps) {
    return <Fresh {...props} />
  }
}

function Fresh(props: ViewProps) {
  const parts = useFreshParts(props.host)
  return (
    <>
      {parts !== null && <parts.Fresher {...props} />}
      <slot />
    </>
  )
}
