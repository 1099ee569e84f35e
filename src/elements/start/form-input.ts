// What a form of the page says, as the input of a job: by the kind's schema where that is known, else by the sort of the field. Knows no server.
import type { Json } from '../../client/index.ts'

interface Group {
  name: string
  fields: Field[]
}

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

/** `a.b` is `b` inside `a`. Fields without a name, disabled ones and files are left out. */
export function formInput(form: HTMLFormElement, schema: Json): Json {
  const input: { [name: string]: Json } = {}
  for (const { name, fields } of groupsOf(form)) {
    const path = name.split('.')
    const value = fieldValue(
      fields,
      path.reduce<Json>((of, each) => resolved(inside(of, each), schema), resolved(schema, schema)),
    )
    put(input, path, value)
  }
  return input
}

function groupsOf(form: HTMLFormElement): Group[] {
  const groups = new Map<string, Field[]>()
  for (const element of form.elements) {
    if (!isField(element) || element.name === '' || element.matches(':disabled')) continue
    groups.set(element.name, [...(groups.get(element.name) ?? []), element])
  }
  return [...groups].map(([name, fields]) => ({ name, fields }))
}

function isField(element: Element): element is Field {
  if (element instanceof HTMLInputElement) return !['file', 'submit', 'reset', 'button', 'image'].includes(element.type)
  return element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement
}

/** Undefined: it says nothing. */
function fieldValue(fields: readonly Field[], schema: Json): Json | undefined {
  const types = typesOf(schema)
  const [first] = fields
  const texts = fields.flatMap(textsOf)
  const isMany = types.includes('array') || (types.length === 0 && (fields.length > 1 || isMultiple(first)) && !isRadio(first))
  if (isMany) return texts.map((text) => typed(text, typesOf(inside(schema, 0)), first)).filter((value) => value !== undefined)
  if (isTick(first) && fields.length === 1 && (types.length === 0 || types.includes('boolean'))) return first.checked
  return texts[0] === undefined ? undefined : typed(texts[0], types, first)
}

function textsOf(field: Field): string[] {
  if (field instanceof HTMLSelectElement) return [...field.selectedOptions].map(({ value }) => value)
  return (isTick(field) || isRadio(field)) && !field.checked ? [] : [field.value]
}

function typed(given: string, types: readonly string[], field: Field | undefined): Json | undefined {
  const isNumber = types.length === 0 ? field?.type === 'number' || field?.type === 'range' : hasNumber(types)
  const text = isNumber ? given.trim() : given
  if (text === '' && (isNumber || !(types.length === 0 || types.includes('string')))) return undefined
  // A text that is no number is left for the server to refuse, by its name.
  if (isNumber && decimal.test(text)) return Number(text)
  if (types.includes('boolean')) return text === 'true' || text === 'on' || text === '1'
  // Nothing was chosen of dates, addresses and the like.
  return text === '' && field !== undefined && !['text', 'textarea', 'hidden', 'password', 'search'].includes(field.type) ? undefined : text
}

/** As people write numbers: not 0x10, and not Infinity, which JSON has no word for. */
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i

function hasNumber(types: readonly string[]): boolean {
  return types.includes('number') || types.includes('integer')
}

function isTick(field: Field | undefined): field is HTMLInputElement {
  return field?.type === 'checkbox'
}

function isRadio(field: Field | undefined): field is HTMLInputElement {
  return field?.type === 'radio'
}

function isMultiple(field: Field | undefined): boolean {
  return field instanceof HTMLSelectElement && field.multiple
}

/** The schema of a property, or of an array's items. */
function inside(schema: Json, name: string | number): Json {
  const { items, properties, anyOf, allOf, oneOf } = record(schema)
  if (typeof name === 'number') return items ?? null
  const own = record(properties ?? null)[name]
  if (own !== undefined) return own
  const others = [anyOf, allOf, oneOf].flatMap((list) => (Array.isArray(list) ? list : []))
  return others.map((each) => inside(each, name)).find((found) => found !== null) ?? null
}

/** The JSON types that a value may have; none: nothing is known. */
function typesOf(schema: Json): string[] {
  const { type, anyOf, oneOf, const: value, enum: values } = record(schema)
  if (typeof type === 'string') return [type]
  if (Array.isArray(type)) return type.map(String)
  if (Array.isArray(anyOf)) return anyOf.flatMap(typesOf)
  if (Array.isArray(oneOf)) return oneOf.flatMap(typesOf)
  if (value !== undefined) return [typeof value]
  return Array.isArray(values) ? [...new Set(values.map((value) => typeof value))] : []
}

/** `{ $ref: '#/$defs/size' }` is what stands there. */
function resolved(schema: Json, root: Json): Json {
  const { $ref } = record(schema)
  if (typeof $ref !== 'string' || !$ref.startsWith('#/')) return schema
  return $ref
    .slice(2)
    .split('/')
    .reduce<Json>((of, name) => record(of)[name] ?? null, root)
}

function record(value: Json): { [name: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}
}

/** What says nothing still stands in something: `contact.mail` left empty gives a `contact`. */
function put(input: { [name: string]: Json }, path: readonly string[], value: Json | undefined): void {
  const [name = '', ...rest] = path
  if (rest.length > 0) {
    const own = Object.hasOwn(input, name) ? record(input[name] ?? null) : {}
    put(own, rest, value)
    value = own
  }
  if (value === undefined) return
  // `__proto__` is a name like any other.
  Object.defineProperty(input, name, { value, enumerable: true, configurable: true, writable: true })
}
