// The input as it stands in a form: as fields, or the whole as JSON. Going from one to the other loses nothing.
import type { Json } from 'holdfast/client'
import { useMemo, useState } from 'preact/hooks'
import { type Draft, draftOf, firstDraft, type Refused, valueIn } from './drafts.ts'
import { type Field, fieldOfInput } from './schema-fields.ts'

export interface InputState {
  field: Field
  draft: Draft
  /** The whole is typed as JSON. */
  isJson: boolean
  change(draft: Draft): void
  /** Says why it cannot be, or null. */
  showAs(form: 'fields' | 'json'): string | null
  /** What is asked for, and what is none yet. */
  read(): { value: Json | undefined; refused: Refused[] }
}

/** `given`: the input to begin with; undefined: the defaults. */
export function useInput(schema: Json, given: Json | undefined): InputState {
  const field = useMemo(() => fieldOfInput(schema), [schema])
  const [draft, change] = useState<Draft>(() => (given === undefined ? firstDraft(field) : draftOf(field, given)))
  const read = (from = draft) => {
    const refused: Refused[] = []
    const value = valueIn(field, from, { path: 'input', refused })
    return { value, refused }
  }
  const showAs = (form: 'fields' | 'json') => {
    const { value, refused } = read()
    if (form === 'json') {
      change(value === undefined ? { as: 'json', text: '' } : { as: 'json', text: JSON.stringify(value, null, 2) })
      return null
    }
    if (refused.length > 0) return refused.map(({ message }) => message).join('; ')
    const drawn = value === undefined ? firstDraft(field) : draftOf(field, value)
    if (drawn.as === 'json' && field.shape.is !== 'json')
      return 'This input does not fit the fields: it has other parts, or parts of another sort.'
    change(drawn)
    return null
  }
  return { field, draft, isJson: draft.as === 'json', change, showAs, read }
}
