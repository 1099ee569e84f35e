// What every field of an input is given to be drawn from.
import type { Draft } from './drafts.ts'
import type { Field } from './schema-fields.ts'

export interface FieldProps {
  field: Field
  draft: Draft
  /** `input.model.layers` */
  path: string
  refused: ReadonlyMap<string, string[]>
  onChange(draft: Draft): void
}

export interface InputProps extends FieldProps {
  id: string
  /** For the control: what is said of it, and whether it was refused. */
  about: { 'aria-describedby'?: string; 'aria-invalid'?: true; 'data-path': string }
}

/** A flag that is always given is a box to tick, with its name beside it. */
export function isTicked({ shape, isRequired, fallback, isNullable }: Field): boolean {
  return shape.is === 'flag' && !isNullable && (isRequired || typeof fallback === 'boolean')
}
