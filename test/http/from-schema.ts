// Values for a JSON Schema of our description, made by fast-check: such as fit it, and such as are broken somewhere.
import fc from 'fast-check'

export interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  minItems?: number
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  pattern?: string
}

export type Schemas = Record<string, Schema>
type Hints = Record<string, fc.Arbitrary<unknown>>

/** What fits. `hints`: values for properties of these names, which lead somewhere where random ones would only be refused. */
export function fitting(schema: Schema, schemas: Schemas, hints: Hints): fc.Arbitrary<unknown> {
  const inside = (inner: Schema) => fitting(inner, schemas, hints)
  const { $ref, allOf, anyOf, oneOf } = schema
  if ($ref) return inside(schemas[$ref.replace('#/components/schemas/', '')] ?? {})
  if (allOf) return fc.tuple(...allOf.map(inside)).map((parts) => Object.assign({}, ...parts))
  if (anyOf || oneOf) return fc.oneof(...(anyOf ?? oneOf ?? []).map(inside))
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const types = [schema.type ?? []].flat()
  if (types.length === 0 || types.length > 3) return fc.jsonValue({ maxDepth: 2 })
  return fc.oneof(...types.map((type) => ofType(type, schema, { inside, hints })))
}

interface Making {
  inside: (schema: Schema) => fc.Arbitrary<unknown>
  hints: Hints
}

function ofType(type: string, schema: Schema, { inside, hints }: Making): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return text(schema)
    case 'integer':
    case 'number':
      return number(schema)
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(inside(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: Math.max(4, schema.minItems ?? 0) })
    default: {
      const properties = Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, hints[name] ?? inside(inner)] as const)
      return fc.record(Object.fromEntries(properties), { requiredKeys: schema.required ?? [] })
    }
  }
}

function text({ minLength = 0, maxLength = 300 }: Schema): fc.Arbitrary<string> {
  const lengths = { minLength, maxLength: Math.min(maxLength, minLength + 20) }
  const edge = fc.constantFrom('x'.repeat(Math.min(maxLength, 300)), 'x'.repeat(minLength))
  return fc.oneof({ weight: 6, arbitrary: fc.string({ ...lengths, unit: 'grapheme' }) }, { weight: 1, arbitrary: edge })
}

function number({ type, minimum = -1e6, maximum = Number.MAX_SAFE_INTEGER }: Schema): fc.Arbitrary<number> {
  const whole = fc.oneof(
    fc.integer({ min: Math.max(minimum, -100), max: Math.min(maximum, 100) }),
    fc.constantFrom(minimum, maximum),
    fc.maxSafeInteger().filter((value) => value >= minimum && value <= maximum),
  )
  return type === 'integer' ? whole : fc.oneof(whole, fc.double({ min: minimum, max: maximum, noNaN: true }))
}

/** A value that fitted, with one thing wrong; or something else altogether. */
export function broken(fits: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const other = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\0', '__proto__', -1, 1e308, 0.5, [], {}),
  )
  const changed = fc.tuple(fits, fc.nat(), other, fc.constantFrom('changed', 'gone', 'more')).map(([value, at, wrong, how]) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong
    const names = Object.keys(value)
    const name = names[at % Math.max(1, names.length)] ?? 'extra'
    if (how === 'more') return { ...value, extra: wrong }
    const { [name]: _, ...rest } = value as Record<string, unknown>
    return how === 'gone' ? rest : { ...rest, [name]: wrong }
  })
  return fc.oneof({ weight: 4, arbitrary: changed }, { weight: 1, arbitrary: other })
}
