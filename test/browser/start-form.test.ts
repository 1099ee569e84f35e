// From a JSON schema to the fields of a form, and from what is typed back to a value.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { draftOf, firstDraft, placed, type Refused, valueIn } from '../../dashboard/src/start/drafts.ts'
import { isDay } from '../../dashboard/src/start/instants.ts'
import { type Field, fieldOfInput } from '../../dashboard/src/start/schema-fields.ts'
import type { Json } from '../../src/client/index.ts'
import { fitting, type Schema } from '../http/from-schema.ts'

// Without a prototype: `__proto__` is the name of a field like any other.
const noHints: Record<string, fc.Arbitrary<unknown>> = Object.create(null)
const shown = { title: fc.string({ maxLength: 5 }), description: fc.string({ maxLength: 5 }) }
const named = (inner: fc.Arbitrary<Schema>) =>
  fc.dictionary(fc.constantFrom('mode', 'a.b', '__proto__', 'über', 'items'), inner, { maxKeys: 4 })

/** Schemas as libraries write them, drawable and not. */
const { schema: anySchema } = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ type: fc.constantFrom('string', 'number', 'integer', 'boolean', 'null'), ...shown }, { requiredKeys: ['type'] }),
    fc.record({
      type: fc.constant('string'),
      format: fc.constantFrom('date', 'date-time', 'uri', 'email', 'password'),
    }) as fc.Arbitrary<Schema>,
    fc.record({
      enum: fc.uniqueArray(fc.jsonValue({ maxDepth: 1 }), { minLength: 1, maxLength: 4, selector: (value) => JSON.stringify(value) }),
    }),
    fc.record({ const: fc.constantFrom('x', 1, null) }),
    fc.tuple(fc.constantFrom('string', 'number', 'boolean'), fc.boolean()).map(([type]) => ({ type: [type, 'null'] })),
    tie('schema').map((inner) => ({ anyOf: [inner, { type: 'null' }] })),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((members) => ({ oneOf: members })),
    tie('schema').map((items) => ({ type: 'array', items })),
    fc.tuple(named(tie('schema')), fc.boolean()).map(([properties, isRequired]) => ({
      type: 'object',
      properties,
      ...(isRequired && { required: Object.keys(properties) }),
    })),
  ),
}))

test('whatever value a schema takes, the form gives back that value, without a refusal', () => {
  const schemaAndValue = anySchema.chain((schema) => fc.tuple(fc.constant(schema), fitting(schema, {}, noHints)))
  fc.assert(
    fc.property(schemaAndValue, ([schema, value]) => givesBack(schema, value)),
    { numRuns: 1_000 },
  )
})

test('and any other value too: what does not fit its field is JSON there', () => {
  fc.assert(
    fc.property(anySchema, fc.jsonValue(), (schema, value) => givesBack(schema, value)),
    { numRuns: 1_000 },
  )
})

function givesBack(schema: Schema, given: unknown): void {
  // As it comes over the wire: no -0, no undefined.
  const value = JSON.parse(JSON.stringify(given)) as Json
  const field = fieldOfInput(JSON.parse(JSON.stringify(schema)))
  const refused: Refused[] = []
  assert.deepEqual(valueIn(field, draftOf(field, value), { path: 'input', refused }), value)
  assert.deepEqual(refused, [])
}

const rebuild = z.object({
  mode: z.enum(['full', 'data']).default('full').describe('What to build anew'),
  threshold: z.number().min(0).max(1),
  layers: z.int(),
  label: z.string().min(3).max(20).optional(),
  owner: z.email().nullable(),
  dryRun: z.boolean(),
  since: z.iso.date().optional(),
  at: z.iso.datetime().optional(),
  token: z.string().meta({ writeOnly: true }).optional(),
  genres: z.array(z.enum(['noir', 'western'])).max(3),
  model: z.object({ name: z.string(), size: z.int().min(1) }),
  weights: z.record(z.string(), z.number()),
  either: z.union([z.string(), z.number()]),
  pairs: z.array(z.object({ a: z.string() })),
})
const field = fieldOfInput(z.toJSONSchema(rebuild, { io: 'input' }) as Json)

test('what zod describes is drawn as what it is: choices, amounts with their bounds, dates, secrets, lists and parts; the rest is JSON', () => {
  const told = fieldsOf(field).map(({ name, shape, rule, isRequired, isNullable }) => {
    const what = shape.is === 'text' ? shape.format : shape.is === 'list' ? `list of ${shape.item.shape.is}` : shape.is
    return [name, what, rule, isRequired ? 'required' : '', isNullable ? 'nullable' : ''].filter(Boolean).join('; ')
  })
  assert.deepEqual(told, [
    'mode; choice',
    'threshold; number; a number, 0 to 1; required',
    'layers; number; a whole number; required',
    'label; plain; 3 to 20 characters',
    'owner; email; required; nullable',
    'dryRun; flag; required',
    'since; date',
    'at; date-time',
    'token; secret',
    'genres; list of choice; at most 3 entries; required',
    'model; object; required',
    'weights; json; required',
    'either; json; required',
    'pairs; json; required',
  ])
  assert.equal(fieldsOf(field)[0]?.description, 'What to build anew')
})

test('a new form holds the defaults, and nothing where nothing is needed', () => {
  const refused: Refused[] = []
  const value = valueIn(field, firstDraft(field), { path: 'input', refused })
  assert.deepEqual(value, { mode: 'full', owner: null, dryRun: false, genres: [], model: { name: '' } })
  assert.deepEqual(
    refused.map(({ path, message }) => `${path} ${message}`),
    ['threshold', 'layers', 'model.size', 'weights', 'either', 'pairs'].map((name) => `input.${name} is required`),
  )
})

test('what is no value yet is told at its field and kept as it was typed', () => {
  const number = fieldOfInput({ type: 'number' })
  const whole = fieldOfInput({ type: 'integer' })
  const typed = (of: Field, text: string) => {
    const refused: Refused[] = []
    return [valueIn(of, { as: 'text', text }, { path: 'input', refused }), refused[0]?.message]
  }
  assert.deepEqual(typed(number, ' -1.5e3 '), [-1_500, undefined])
  assert.deepEqual(typed(number, '0,5'), ['0,5', 'must be written with a point, such as 0.5'])
  assert.deepEqual(typed(number, '0x10'), ['0x10', 'must be a number'])
  assert.deepEqual(typed(number, '1e999'), ['1e999', 'is too large'])
  assert.deepEqual(typed(whole, '2.5'), ['2.5', 'must be a whole number'])
  assert.deepEqual(typed(whole, '9007199254740993'), ['9007199254740993', 'has more digits than a number can hold'])
  assert.deepEqual(typed(number, ''), [undefined, 'is required'])
})

test('a refusal of the server stands at its value, or at the nearest drawn one around it', () => {
  const draft = draftOf(field, { mode: 'full', model: { name: 'small', size: 0 }, genres: ['noir'], weights: { a: 1 } })
  const errors = [
    { path: 'input.model.size', message: 'Too small' },
    { path: 'input.genres.0', message: 'Invalid option' },
    { path: 'input.weights.a', message: 'Invalid input' },
    { path: 'input', message: 'Unrecognized key' },
    { path: 'priority', message: 'must be whole' },
  ]
  assert.deepEqual(
    [...placed(field, draft, errors)].map(([path, messages]) => `${path}: ${messages}`),
    [
      'input.model.size: Too small',
      'input.genres.0: Invalid option',
      'input.weights: a: Invalid input',
      'input: Unrecognized key',
      ': must be whole',
    ],
  )
})

test('a schema whose references lead round in a ring, or are not encoded, is drawn at once', () => {
  const properties = Object.fromEntries(
    Array.from({ length: 40 }, (_, place) => [`part${place}`, { $ref: place % 2 === 0 ? '#' : '#/$defs/100%' }]),
  )
  const field = fieldOfInput({ type: 'object', properties, $defs: { '100%': { type: 'object', properties } } })
  assert.ok(field.shape.is === 'object')
  const [ring, other] = field.shape.fields
  assert.equal(ring?.shape.is, 'json')
  assert.ok(other?.shape.is === 'object' && other.shape.fields.every(({ shape }) => shape.is === 'json'))
  const wide = {
    type: 'object',
    properties: Object.fromEntries(Array.from({ length: 90 }, (_, place) => [`p${place}`, { type: 'string' }])),
  }
  const deep = { type: 'object', properties: Object.fromEntries(Array.from({ length: 90 }, (_, place) => [`w${place}`, wide])) }
  assert.ok(JSON.stringify(fieldOfInput(deep)).length < 200_000)
})

test('a day that is none, and a number with more digits than one can hold, are kept as they are', () => {
  assert.deepEqual(['2026-02-28', '2028-02-29', ''].map(isDay), [true, true, true])
  assert.deepEqual(['2026-13-99', '2026-02-30', '0000'].map(isDay), [false, false, false])
  const field = fieldOfInput({ type: 'integer' })
  const value = Number('12345678901234567890')
  const refused: Refused[] = []
  assert.equal(valueIn(field, draftOf(field, value), { path: 'input', refused }), value)
  assert.deepEqual(refused, [])
})

test('a schema that refers to itself, or to nothing, is JSON there and no endless walk', () => {
  const tree = fieldOfInput({
    type: 'object',
    properties: { name: { $ref: '#/$defs/name' }, left: { $ref: '#' }, gone: { $ref: '#/$defs/gone' } },
    $defs: { name: { type: 'string', description: 'Of the node' } },
  })
  const [name, left, gone] = fieldsOf(tree)
  assert.deepEqual([name?.shape.is, name?.description, gone?.shape.is], ['text', 'Of the node', 'json'])
  assert.equal(left?.shape.is, 'json')
})

function fieldsOf({ shape }: Field): Field[] {
  return shape.is === 'object' ? shape.fields : []
}
