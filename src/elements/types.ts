// The types of `holdfast/elements` for an app's own code: what `document.querySelector('holdfast-job')` gives, and what its events carry. Types only.
import type { AttributeOf, Camel, Tag } from './attributes.ts'
import type { HoldfastEvents } from './events.ts'

export type { Tag } from './attributes.ts'
export type { EventDetails, HoldfastEvents, ToastAbout } from './events.ts'

/** Each attribute is a property too; `null` takes it away, an object is written as JSON. */
export type HoldfastElementOf<Name extends Tag> = HTMLElement & {
  [Attribute in AttributeOf<Name> as Camel<Attribute>]: string | null
} & {
  /** Looks again now; for pages that have changed something in another way. */
  refresh(): Promise<void>
}

/** What React and others take as props in JSX. */
export type HoldfastProps<Name extends Tag> = { [Attribute in AttributeOf<Name>]?: string | number | boolean | object | null }

type HoldfastElements = { [Name in Tag]: HoldfastElementOf<Name> }

declare global {
  interface HTMLElementTagNameMap extends HoldfastElements {}
  // Of elements, of the document and of the window.
  interface GlobalEventHandlersEventMap extends HoldfastEvents {}
}
