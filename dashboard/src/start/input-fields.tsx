// The input of a job as fields, with the switch that shows the whole as JSON.
import { useState } from 'preact/hooks'
import { FieldView, PartsView } from './fields.tsx'
import type { InputState } from './input-state.ts'

export interface InputFieldsProps {
  input: InputState
  refused: ReadonlyMap<string, string[]>
  /** Nothing is known of it: it may be left out. */
  canBeNothing?: boolean
}

export function InputFields({ input, refused, canBeNothing = false }: InputFieldsProps) {
  const { field, draft, isJson, change, showAs } = input
  const [why, setWhy] = useState<string | null>(null)
  const isDrawable = field.shape.is !== 'json'
  const isWhole = field.shape.is === 'object' && draft.as === 'object'
  const drawn = { draft, path: 'input', refused, onChange: change }
  return (
    <div class="input-fields">
      {isDrawable && (
        <fieldset class="seg" aria-label="How the input is shown">
          {(['fields', 'json'] as const).map((form) => (
            <button key={form} type="button" aria-pressed={(form === 'json') === isJson} onClick={() => setWhy(showAs(form))}>
              {form === 'json' ? 'JSON' : 'Fields'}
            </button>
          ))}
        </fieldset>
      )}
      {isWhole ? (
        <PartsView field={field} {...drawn} />
      ) : (
        <FieldView field={{ ...field, label: field.label || 'Input', description: field.description ?? about(canBeNothing) }} {...drawn} />
      )}
      {isWhole && refused.has('input') && <p class="bad-words">{refused.get('input')?.join('; ')}</p>}
      {why !== null && isJson && (
        <p class="bad-words" role="alert">
          {why}
        </p>
      )}
    </div>
  )
}

function about(canBeNothing: boolean): string | null {
  return canBeNothing ? 'This job type does not say what it takes. Leave it empty if it takes nothing.' : null
}
