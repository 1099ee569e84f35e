// What has been typed into a form so far, and the value that it makes. Pure. Any JSON value has a draft that gives back the same value, whether it fits its
// field or not; and what was typed and is no value yet is kept as it was typed.
import type { Json } from 'holdfast/client'
import type { Field, Shape } from './schema-fields.ts'

export type Draft =
  /** Not given. */
  | { as: 'none' }
  | { as: 'null' }
  /** Of a text or a number. */
  | { as: 'text'; text: string }
  | { as: 'flag'; on: boolean }
  /** Which option. */
  | { as: 'choice'; at: number }
  | { as: 'list'; items: Draft[] }
  /** In the order of the fields. */
  | { as: 'object'; parts: Draft[] }
  | { as: 'json'; text: string }

export interface Refused {
  /** `input.model.layers`, as the server has it. */
  path: string
  message: string
}

export const none: Draft = { as: 'none' }

/** Of a value that is there; what does not fit the field is JSON. */
export function draftOf(field: Field, value: Json | undefined): Draft {
  if (value === undefined) return none
  if (value === null && field.isNullable) return { as: 'null' }
  return fitting(field.shape, value) ?? { as: 'json', text: JSON.stringify(value, null, 2) }
}

function fitting(shape: Shape, value: Json): Draft | null {
  switch (shape.is) {
    case 'text':
      return typeof value === 'string' ? { as: 'text', text: value } : null
    case 'number':
      return typeof value === 'number' && (!shape.isWhole || Number.isInteger(value)) && isTypeable(value)
        ? { as: 'text', text: String(value) }
        : null
    case 'flag':
      return typeof value === 'boolean' ? { as: 'flag', on: value } : null
    case 'choice': {
      const at = shape.options.findIndex((option) => JSON.stringify(option) === JSON.stringify(value))
      return at === -1 ? null : { as: 'choice', at }
    }
    case 'list':
      return listDraft(shape.item, value)
    case 'object':
      return objectDraft(shape.fields, value)
    case 'json':
      return null
  }
}

/** Beyond that the digits are not those that were given. */
function isTypeable(value: number): boolean {
  return !Number.isInteger(value) || Number.isSafeInteger(value) || !/^-?\d+$/.test(String(value))
}

function listDraft(item: Field, value: Json): Draft | null {
  if (!Array.isArray(value)) return null
  const items = value.map((entry) => fitting(item.shape, entry))
  return items.every((entry) => entry !== null) ? { as: 'list', items } : null
}

/** With a key that the form does not know it is JSON as a whole, so that nothing gets lost. */
function objectDraft(fields: readonly Field[], value: Json): Draft | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  if (Object.keys(value).some((key) => !fields.some(({ name }) => name === key))) return null
  return { as: 'object', parts: fields.map((field) => draftOf(field, Object.hasOwn(value, field.name) ? value[field.name] : undefined)) }
}

/** What a new form begins with: defaults, and nothing where nothing is needed. */
export function firstDraft(field: Field): Draft {
  if (field.fallback !== undefined) return draftOf(field, field.fallback)
  if (!field.isRequired) return none
  return field.isNullable ? { as: 'null' } : emptyDraft(field)
}

/** Of a field that is to be given. */
export function emptyDraft({ shape }: Field): Draft {
  switch (shape.is) {
    case 'text':
    case 'number':
      return { as: 'text', text: '' }
    case 'flag':
      return { as: 'flag', on: false }
    case 'choice':
      return shape.options.length === 1 ? { as: 'choice', at: 0 } : none
    case 'list':
      return { as: 'list', items: [] }
    case 'object':
      return { as: 'object', parts: shape.fields.map(firstDraft) }
    case 'json':
      return { as: 'json', text: '' }
  }
}

/** What the draft stands for. What it cannot stand for is told in `refused`, and is the text as it was typed. */
export function valueIn(field: Field, draft: Draft, to: { path: string; refused: Refused[] }): Json | undefined {
  const refuse = (message: string, value?: Json) => {
    to.refused.push({ path: to.path, message })
    return value
  }
  const { shape } = field
  switch (draft.as) {
    case 'none':
      return undefined
    case 'null':
      return null
    case 'flag':
      return draft.on
    case 'choice':
      return shape.is === 'choice' ? shape.options[draft.at] : undefined
    case 'text':
      return shape.is === 'number' ? numberOf(draft.text, shape.isWhole, refuse) : draft.text
    case 'json':
      return parsed(draft.text, field.isRequired, refuse)
    case 'list':
      return shape.is === 'list'
        ? draft.items.map((item, place) => valueIn(shape.item, item, { ...to, path: `${to.path}.${place}` }) ?? null)
        : undefined
    case 'object':
      return shape.is === 'object' ? objectOf(shape.fields, draft.parts, to) : undefined
  }
}

type Refuse = (message: string, value?: Json) => Json | undefined

const numeral = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

function numberOf(typed: string, isWhole: boolean, refuse: Refuse): Json | undefined {
  const text = typed.trim()
  if (text === '') return refuse('is required')
  if (!numeral.test(text)) return refuse(/^-?\d+,\d+$/.test(text) ? 'must be written with a point, such as 0.5' : 'must be a number', typed)
  const value = Number(text)
  if (!Number.isFinite(value)) return refuse('is too large', typed)
  if (isWhole && !Number.isInteger(value)) return refuse('must be a whole number', typed)
  return /^[+-]?\d+$/.test(text) && BigInt(text) !== BigInt(value) ? refuse('has more digits than a number can hold', typed) : value
}

function parsed(text: string, isRequired: boolean, refuse: Refuse): Json | undefined {
  if (text.trim() === '') return isRequired ? refuse('is required') : undefined
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    return refuse(`must be JSON: ${error instanceof Error ? error.message : error}`, text)
  }
}

function objectOf(fields: readonly Field[], parts: readonly Draft[], to: { path: string; refused: Refused[] }): Json {
  const entries = fields.flatMap((field, place): [string, Json][] => {
    const value = valueIn(field, parts[place] ?? none, { ...to, path: `${to.path}.${field.name}` })
    return value === undefined ? [] : [[field.name, value]]
  })
  return Object.fromEntries(entries)
}

/** Puts each refusal where it can be shown: at its value, or at the nearest drawn one around it. */
export function placed(field: Field, draft: Draft, refused: readonly Refused[]): ReadonlyMap<string, string[]> {
  const drawn = drawnPaths(field, draft, 'input')
  const places = new Map<string, string[]>()
  for (const { path, message } of refused) {
    const around = drawn.filter((one) => path === one || path.startsWith(`${one}.`))
    const place = around.reduce((longest, one) => (one.length > longest.length ? one : longest), '')
    const inside = path.slice(place.length).replace(/^\./, '')
    places.set(place, [...(places.get(place) ?? []), place === path || place === '' ? message : `${inside}: ${message}`])
  }
  return places
}

function drawnPaths({ shape }: Field, draft: Draft, path: string): string[] {
  if (draft.as === 'object' && shape.is === 'object')
    return [path, ...shape.fields.flatMap((field, place) => drawnPaths(field, draft.parts[place] ?? none, `${path}.${field.name}`))]
  if (draft.as === 'list') return [path, ...draft.items.map((_, place) => `${path}.${place}`)]
  return [path]
}
