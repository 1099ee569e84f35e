// What each element can be told by its attributes; each is also a property of the same name in camel case. The reference is tested against it.

/** Of every element. */
export const commonAttributes = ['api', 'theme'] as const

export const attributes = {
  'holdfast-start': ['kind', 'key', 'input', 'form', 'label', 'busy-label', 'confirm', 'variant', 'reason'],
  'holdfast-kind': ['kind', 'key', 'show', 'input', 'label', 'busy-label'],
  'holdfast-job': ['job', 'kind', 'key', 'compact', 'log', 'actions', 'check'],
  'holdfast-log': ['job', 'kind', 'key', 'stream', 'follow', 'wrap', 'height', 'lines'],
  'holdfast-indicator': ['kinds', 'zero', 'show', 'noun', 'href'],
  'holdfast-required': ['kind', 'key', 'artifact', 'input', 'form', 'label', 'busy-label'],
  'holdfast-fresh': ['kinds'],
  'holdfast-toasts': ['kinds', 'on', 'notify'],
} as const

export type Tag = keyof typeof attributes

export type AttributeOf<Name extends Tag> = (typeof attributes)[Name][number] | (typeof commonAttributes)[number]

/** `busy-label` is the property `busyLabel`. */
export type Camel<Name extends string> = Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Tail>}` : Name

export function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
