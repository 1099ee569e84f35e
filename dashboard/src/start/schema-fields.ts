// What a form has to ask for, read from the JSON schema of a job type's input. Pure; draws nothing. What it cannot draw is asked for as JSON.
import type { Json } from 'holdfast/client'
import { amountRule, lengthRule, listRule } from './rules.ts'

export type Schema = { [key: string]: Json }

export type TextFormat = 'plain' | 'date' | 'date-time' | 'uri' | 'email' | 'secret'

export type Shape =
  | { is: 'text'; format: TextFormat }
  | { is: 'number'; isWhole: boolean }
  | { is: 'flag' }
  | { is: 'choice'; options: Json[] }
  /** Of texts, numbers, choices or flags. */
  | { is: 'list'; item: Field }
  | { is: 'object'; fields: Field[] }
  | { is: 'json' }

export interface Field {
  /** Its key in the object around it; '' for the whole. */
  name: string
  label: string
  description: string | null
  /** What it has to be, in words; ''. */
  rule: string
  isRequired: boolean
  isNullable: boolean
  /** What it is when it is not given. */
  fallback: Json | undefined
  shape: Shape
}

/** Deeper, and where a schema holds itself, it is JSON. */
const deepest = 5
const mostFields = 100
/** Of the whole form; what comes after is JSON. */
const mostFieldsInAll = 500
const mostOptions = 200

interface Place {
  name: string
  isRequired: boolean
  root: Schema
  depth: number
  /** The references that led here. */
  within: readonly string[]
  budget: { left: number }
}

/** Null, where an app's schema library describes nothing: any JSON, or none. */
export function fieldOfInput(schema: Json): Field {
  const root = asSchema(schema)
  if (root === null) return jsonField({ name: '', isRequired: false }, {})
  return fieldOf(root, { name: '', isRequired: true, root, depth: 0, within: ['#'], budget: { left: mostFieldsInAll } })
}

function fieldOf(given: Json, place: Place): Field {
  const { schema, isNullable, within } = plain(asSchema(given) ?? {}, place)
  const isTooMuch = place.depth > deepest || place.budget.left-- <= 0
  const shape = isTooMuch ? { is: 'json' as const } : shapeOf(schema, { ...place, within })
  return { ...jsonField(place, schema), isNullable: isNullable && !hasNull(shape), shape, rule: ruleOf(shape, schema) }
}

function jsonField({ name, isRequired }: Pick<Place, 'name' | 'isRequired'>, schema: Schema): Field {
  return {
    name,
    label: text(schema.title) ?? name,
    description: text(schema.description),
    rule: '',
    isRequired,
    isNullable: false,
    fallback: schema.default,
    shape: { is: 'json' },
  }
}

function shapeOf(schema: Schema, place: Place): Shape {
  if (Object.hasOwn(schema, 'const')) return { is: 'choice', options: [schema.const ?? null] }
  if (Array.isArray(schema.enum) && schema.enum.length > 0 && schema.enum.length <= mostOptions)
    return { is: 'choice', options: schema.enum }
  const options = choices(schema)
  if (options !== null) return { is: 'choice', options }
  if (combined.some((word) => Object.hasOwn(schema, word))) return { is: 'json' }
  switch (schema.type) {
    case 'string':
      return { is: 'text', format: formatOf(schema) }
    case 'number':
    case 'integer':
      return { is: 'number', isWhole: schema.type === 'integer' }
    case 'boolean':
      return { is: 'flag' }
    case 'array':
      return listShape(schema, place)
    case 'object':
      return objectShape(schema, place)
    default:
      return { is: 'json' }
  }
}

const combined = ['anyOf', 'oneOf', 'allOf', 'not', 'if', '$ref', 'patternProperties', 'prefixItems', 'contains']

/** A union of single values is a choice. */
function choices(schema: Schema): Json[] | null {
  const members = listOf(schema.anyOf) ?? listOf(schema.oneOf)
  if (members === null || members.length === 0 || members.length > mostOptions) return null
  const consts = members.map(asSchema).filter((member): member is Schema => member !== null && Object.hasOwn(member, 'const'))
  return consts.length === members.length ? consts.map((member) => member.const ?? null) : null
}

function formatOf(schema: Schema): TextFormat {
  if (schema.writeOnly === true || schema.format === 'password') return 'secret'
  const known = (['date', 'date-time', 'uri', 'email'] as const).find((format) => format === schema.format)
  return known ?? 'plain'
}

function listShape(schema: Schema, place: Place): Shape {
  if (asSchema(schema.items) === null) return { is: 'json' }
  const item = fieldOf(schema.items ?? {}, { ...place, name: '', isRequired: true, depth: place.depth + 1 })
  const isDrawn = !item.isNullable && ['text', 'number', 'choice', 'flag'].includes(item.shape.is)
  return isDrawn ? { is: 'list', item } : { is: 'json' }
}

function objectShape(schema: Schema, place: Place): Shape {
  const properties = Object.entries(asSchema(schema.properties) ?? {})
  if (properties.length === 0 || properties.length > mostFields) return { is: 'json' }
  const required = listOf(schema.required) ?? []
  const fields = properties.map(([name, inner]) =>
    fieldOf(inner, { ...place, name, isRequired: required.includes(name), depth: place.depth + 1 }),
  )
  return { is: 'object', fields }
}

interface Plain {
  schema: Schema
  isNullable: boolean
  within: readonly string[]
}

/** Without references, without a union with null, without a list of types: what is left is one thing, or a union that is JSON. */
function plain(schema: Schema, place: Pick<Place, 'root' | 'within'>, steps = 8): Plain {
  const { root, within } = place
  const { $ref, ...beside } = schema
  // A reference that led here leads round in a ring.
  const inner = typeof $ref === 'string' && steps > 0 && !within.includes($ref) ? resolved($ref, root) : null
  if (inner !== null) return plain({ ...inner, ...beside }, { root, within: [...within, String($ref)] }, steps - 1)
  for (const word of ['anyOf', 'oneOf', 'allOf'] as const) {
    const members = listOf(schema[word])?.map(asSchema)
    if (members === undefined || steps === 0) continue
    const others = members.filter((member) => word === 'allOf' || member?.type !== 'null')
    const hasNone = others.length < members.length
    const { [word]: _members, ...rest } = schema
    const only = others.length === 1 ? others[0] : null
    if (only) {
      const one = plain({ ...only, ...rest }, place, steps - 1)
      return { ...one, isNullable: one.isNullable || hasNone }
    }
    if (hasNone && others.length > 1) return { schema: { ...rest, [word]: others as Json[] }, isNullable: true, within }
  }
  return { ...oneType(schema), within }
}

function oneType(schema: Schema): Omit<Plain, 'within'> {
  const types = listOf(schema.type)
  if (types === null) return { schema, isNullable: schema.nullable === true }
  const others = types.filter((type) => type !== 'null')
  return { schema: { ...schema, type: others.length === 1 ? (others[0] ?? null) : others }, isNullable: others.length < types.length }
}

/** `#/$defs/name`, wherever in the schema that is. */
function resolved(ref: string, root: Schema): Schema | null {
  if (!ref.startsWith('#/')) return ref === '#' ? root : null
  let at: Json | undefined = root
  for (const part of ref.slice(2).split('/')) {
    const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~')
    const inside: Schema | null = at === undefined ? null : asSchema(at)
    at = inside !== null && Object.hasOwn(inside, key) ? inside[key] : undefined
  }
  return at === undefined ? null : asSchema(at)
}

/** Not everybody who writes a reference encodes it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function ruleOf(shape: Shape, schema: Schema): string {
  if (shape.is === 'number') return amountRule(schema, shape.isWhole)
  if (shape.is === 'text') return lengthRule(schema, shape.format)
  return shape.is === 'list' ? listRule(schema) : ''
}

function hasNull(shape: Shape): boolean {
  return shape.is === 'choice' && shape.options.includes(null)
}

export function asSchema(value: Json | undefined): Schema | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
}

function listOf(value: Json | undefined): Json[] | null {
  return Array.isArray(value) ? value : null
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
