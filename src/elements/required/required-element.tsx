// <holdfast-required>: says that what a kind builds is not what is wanted, and why. It never starts anything by itself.
import type { ArtifactView } from '../../client/index.ts'
import type { Wanted } from '../../live/live.ts'
import { HoldfastElement, type ViewProps } from '../element.ts'
import type { Live } from '../element-client.ts'
import { kindOf, kindWanted } from '../kind-wanted.ts'
import { LaterView } from '../later.tsx'

export class HoldfastRequired extends HoldfastElement {
  protected override wants(live: Live): Wanted[] {
    const names = artifactsOf(this, live)
    const builder = this.attribute('kind') === null ? builderOf(names.map((name) => live.artifact(name))) : null
    return [...kindWanted(this), ...names.map((artifact) => ({ artifact })), ...(builder === null ? [] : [{ kind: { name: builder } }])]
  }

  protected override view(props: ViewProps) {
    return <LaterView {...props} view={(parts) => parts.RequiredView} meanwhile={null} />
  }
}

/** The artifact that it names, or all that its kind builds. */
export function artifactsOf(host: HoldfastElement, live: Live): string[] {
  const named = host.attribute('artifact')
  if (named !== null) return /^[a-z0-9][a-z0-9._-]{0,99}$/.test(named) && !named.includes('..') ? [named] : []
  return kindOf(host, live)?.artifacts ?? []
}

/** The kind that built it last: who wants it anew starts that one. */
export function builderOf(artifacts: readonly (ArtifactView | null | undefined)[]): string | null {
  for (const artifact of artifacts) {
    const kind = artifact?.building?.kind ?? artifact?.last?.kind ?? artifact?.current?.kind
    if (kind != null) return kind
  }
  return null
}
