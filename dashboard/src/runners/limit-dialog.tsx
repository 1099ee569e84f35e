// How many at a time, of a queue or of those who share a key. What is no number must not become "any number".
import { HoldfastClientError } from 'holdfast/client'
import type { ComponentChildren } from 'preact'
import { Field, FormDialog } from '../parts/form-dialog.tsx'

export interface LimitDialogProps {
  title: ComponentChildren
  words: string
  /** Null: any number. */
  limit: number | null
  set(limit: number | null): Promise<unknown>
  onClose(): void
}

export function LimitDialog({ title, words, limit, set, onClose }: LimitDialogProps) {
  return (
    <FormDialog title={title} words={<p>{words}</p>} verb="Set" onClose={onClose} send={async (text) => set(numberOrNone(text('limit')))}>
      <Field
        label="At a time"
        name="limit"
        required={false}
        value={limit === null ? '' : String(limit)}
        hint="A whole number from 1; empty: any number."
      />
    </FormDialog>
  )
}

/** @throws HoldfastClientError for what is no number */
function numberOrNone(text: string): number | null {
  if (text === '') return null
  const value = Number(text)
  if (Number.isFinite(value)) return value
  throw new HoldfastClientError({ code: 'invalid_request', message: `“${text}” is no number.`, hint: null, status: 422 })
}
