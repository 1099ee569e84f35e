// Makes an element known to the browser, with a property for each of its attributes.
import { attributes, camel, commonAttributes, type Tag } from './attributes.ts'
import type { HoldfastElement } from './element.ts'

export function define(tag: Tag, element: { new (): HoldfastElement; prototype: HoldfastElement }): void {
  const names = [...commonAttributes, ...attributes[tag]]
  // A page may have the script twice, once by its tag and once in a bundle. On a server there is nothing to be defined.
  if (globalThis.customElements === undefined || customElements.get(tag) !== undefined) return
  for (const name of names) Object.defineProperty(element.prototype, camel(name), property(name))
  Object.defineProperty(element, 'observedAttributes', { value: names })
  customElements.define(tag, element)
}

function property(name: string): PropertyDescriptor & ThisType<HoldfastElement> {
  return {
    configurable: true,
    enumerable: true,
    get() {
      return this.getAttribute(name)
    },
    set(value: unknown) {
      if (value === null || value === undefined || value === false) this.removeAttribute(name)
      else this.setAttribute(name, value === true ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value))
    },
  }
}
