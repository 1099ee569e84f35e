// What a value has to be, in words, from its JSON schema: "1 to 500", "at least 3 characters". Pure. The server has the last word.
import type { Json } from 'holdfast/client'
import { count } from '../../../src/views/format.ts'
import type { Schema, TextFormat } from './schema-fields.ts'

export function amountRule(schema: Schema, isWhole: boolean): string {
  const [least, most] = [bound(schema.minimum), bound(schema.maximum)]
  const [above, below] = [bound(schema.exclusiveMinimum), bound(schema.exclusiveMaximum)]
  const said = [
    range(least, most, ''),
    above !== null && `more than ${count(above)}`,
    below !== null && `less than ${count(below)}`,
    typeof schema.multipleOf === 'number' && `in steps of ${count(schema.multipleOf)}`,
  ].filter(Boolean)
  return [isWhole ? 'a whole number' : 'a number', ...said].join(', ')
}

export function lengthRule(schema: Schema, format: TextFormat): string {
  const said = [range(bound(schema.minLength), bound(schema.maxLength), ' characters'), formatWords(schema, format)]
  return said.filter(Boolean).join(', ')
}

export function listRule(schema: Schema): string {
  const said = [range(bound(schema.minItems), bound(schema.maxItems), ' entries'), schema.uniqueItems === true && 'each once']
  return said.filter(Boolean).join(', ')
}

const longestPattern = 60

function formatWords({ format, pattern }: Schema, known: TextFormat): string {
  if (known === 'uri') return 'an address such as https://example.org'
  if (known !== 'plain') return ''
  if (typeof format === 'string') return `as ${format}`
  return typeof pattern === 'string' && pattern.length <= longestPattern ? `matches ${pattern}` : ''
}

function range(least: number | null, most: number | null, unit: string): string {
  if (least !== null && most !== null) return least === most ? `exactly ${count(least)}${unit}` : `${count(least)} to ${count(most)}${unit}`
  if (least !== null) return `at least ${count(least)}${unit}`
  return most === null ? '' : `at most ${count(most)}${unit}`
}

/** The bounds of what a number can hold are no rule. */
function bound(value: Json | undefined): number | null {
  return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : null
}
