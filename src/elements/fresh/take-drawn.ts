// Makes a part of the page what the server draws now, and keeps what is the reader's: what he has typed, opened and focused.
import { Idiomorph } from 'idiomorph'
import type { HoldfastElement } from '../element.ts'

/** `drawn`: the whole page. A part that is not in it any more stays as it was. */
export function takeDrawn(host: HoldfastElement, page: Document): void {
  const drawn = host.id === '' ? null : page.getElementById(host.id)
  if (drawn === null || drawn.localName !== host.localName) return
  const whole = drawn.cloneNode(true) as HTMLElement
  const kept: HTMLElement[] = []
  const mayBeTaken = (node: Node) => {
    if (!(node instanceof HTMLElement) || !isWrittenIn(node)) return true
    kept.push(node)
    return false
  }
  Idiomorph.morph(host, drawn.childNodes as never, {
    morphStyle: 'innerHTML',
    callbacks: {
      beforeNodeMorphed: mayBeTaken,
      beforeNodeRemoved: mayBeTaken,
      beforeAttributeUpdated: (name, node) => !isReaders(name, node),
    },
  })
  host.tell('holdfast-refreshed', { kept, drawn: whole })
}

/** What page elements say of themselves, and what somebody has opened, the server knows nothing of. */
function isReaders(name: string, node: Element): boolean {
  if (node.localName.startsWith('holdfast-')) return ['state', 'stalled', 'busy'].includes(name)
  return name === 'open' && ['details', 'dialog'].includes(node.localName)
}

/** A form is kept whole: what is typed belongs to what stands beside it. */
function isWrittenIn(element: HTMLElement): boolean {
  if (element instanceof HTMLFormElement) return [...element.elements].some(isChanged)
  return isChanged(element) && !('form' in element && element.form !== null)
}

function isChanged(control: Element): boolean {
  if (control instanceof HTMLTextAreaElement) return control.value !== control.defaultValue
  if (control instanceof HTMLSelectElement) return isChosen(control)
  if (!(control instanceof HTMLInputElement)) return false
  return ['checkbox', 'radio'].includes(control.type) ? control.checked !== control.defaultChecked : control.value !== control.defaultValue
}

/** Where the page says nothing, the first is chosen. */
function isChosen({ options, selectedIndex, multiple }: HTMLSelectElement): boolean {
  const isSaid = [...options].some(({ defaultSelected }) => defaultSelected)
  if (!isSaid && !multiple) return selectedIndex > 0
  return [...options].some(({ selected, defaultSelected }) => selected !== defaultSelected)
}
