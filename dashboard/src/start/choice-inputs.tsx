// One of several, yes or no, and what can only be given as JSON.
import type { Json } from 'holdfast/client'
import { none } from './drafts.ts'
import { type InputProps, isTicked } from './field-props.ts'

export function ChoiceInput({ field, draft, id, about, options, onChange }: InputProps & { options: readonly Json[] }) {
  const at = draft.as === 'choice' ? draft.at : -1
  return (
    <select
      id={id}
      {...about}
      value={String(at)}
      onChange={(event) => {
        const chosen = Number(event.currentTarget.value)
        onChange(chosen === -1 ? none : { as: 'choice', at: chosen })
      }}
    >
      {(at === -1 || !field.isRequired) && <option value="-1">{field.isRequired ? 'Choose one' : notGiven(field.fallback)}</option>}
      {options.map((option, place) => (
        // An option is its place.
        <option key={place} value={String(place)}>
          {wordOf(option)}
        </option>
      ))}
    </select>
  )
}

export function FlagInput({ field, draft, id, about, onChange }: InputProps) {
  if (isTicked(field)) {
    const on = draft.as === 'flag' ? draft.on : field.fallback === true
    return (
      <label class="tick" for={id}>
        <input
          id={id}
          {...about}
          type="checkbox"
          checked={on}
          onChange={(event) => onChange({ as: 'flag', on: event.currentTarget.checked })}
        />
        {field.label}
      </label>
    )
  }
  return (
    <select
      id={id}
      {...about}
      value={draft.as === 'flag' ? String(draft.on) : ''}
      onChange={({ currentTarget: { value } }) => onChange(value === '' ? none : { as: 'flag', on: value === 'true' })}
    >
      <option value="">{field.isRequired ? 'Choose one' : notGiven(field.fallback)}</option>
      <option value="true">Yes</option>
      <option value="false">No</option>
    </select>
  )
}

export function JsonInput({ draft, id, about, onChange }: InputProps) {
  const text = draft.as === 'json' ? draft.text : ''
  return (
    <textarea
      id={id}
      {...about}
      class="json"
      rows={Math.min(16, Math.max(2, text.split('\n').length))}
      spellcheck={false}
      placeholder="JSON"
      value={text}
      onInput={({ currentTarget: { value } }) => onChange({ as: 'json', text: value })}
    />
  )
}

function notGiven(fallback: Json | undefined): string {
  return fallback === undefined ? 'Not given' : `Not given: ${wordOf(fallback)}`
}

function wordOf(option: Json): string {
  if (option === true) return 'Yes'
  if (option === false) return 'No'
  return typeof option === 'string' && option !== '' ? option : option === null ? 'None' : JSON.stringify(option)
}
