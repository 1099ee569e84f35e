// The fields of an input, drawn from what the schema asks for. Each shows what is wrong with it beneath; nothing that was typed is taken away.
import { useId } from 'preact/hooks'
import { ChoiceInput, FlagInput, JsonInput } from './choice-inputs.tsx'
import { type Draft, emptyDraft, firstDraft, none } from './drafts.ts'
import { type FieldProps, type InputProps, isTicked } from './field-props.ts'
import { ListInput } from './list-input.tsx'
import type { Field } from './schema-fields.ts'
import { TextInput } from './text-input.tsx'

export function FieldView(props: FieldProps) {
  const { field, draft } = props
  if (field.shape.is === 'object' && draft.as !== 'json') return <PartView {...props} />
  return <OneField {...props} />
}

/** The fields of an object, without a frame where it is the whole input. */
export function PartsView({ field, draft, path, refused, onChange }: FieldProps) {
  if (field.shape.is !== 'object' || draft.as !== 'object') return null
  return (
    <>
      {field.shape.fields.map((inner, place) => (
        <FieldView
          key={inner.name}
          field={inner}
          draft={draft.parts[place] ?? none}
          path={`${path}.${inner.name}`}
          refused={refused}
          onChange={(part) => onChange({ as: 'object', parts: draft.parts.with(place, part) })}
        />
      ))}
    </>
  )
}

function PartView(props: FieldProps) {
  const { field, draft, path, refused, onChange } = props
  const id = useId()
  const canLeave = !field.isRequired || field.isNullable
  const messages = refused.get(path) ?? []
  return (
    <fieldset class="part" aria-describedby={messages.length > 0 ? id : undefined}>
      <legend>{field.label}</legend>
      {field.description !== null && <p class="hint">{field.description}</p>}
      {canLeave && (
        <label class="tick">
          <input
            type="checkbox"
            checked={draft.as === 'object'}
            onChange={(event) => onChange(event.currentTarget.checked ? emptyDraft(field) : field.isRequired ? { as: 'null' } : none)}
          />
          Give it
        </label>
      )}
      <Messages id={id} messages={messages} />
      <PartsView {...props} />
    </fieldset>
  )
}

function OneField(props: FieldProps) {
  const { field, draft, path, refused, onChange } = props
  const id = useId()
  const messages = refused.get(path) ?? []
  const hint = [field.description, field.rule].filter(Boolean).join(field.description !== null && field.rule !== '' ? ' · ' : '')
  const said = [hint !== '' && `${id}-hint`, messages.length > 0 && `${id}-bad`].filter(Boolean).join(' ')
  const about: InputProps['about'] = {
    ...(said !== '' && { 'aria-describedby': said }),
    ...(messages.length > 0 && { 'aria-invalid': true as const }),
    'data-path': path,
  }
  return (
    <div class="field">
      <Label field={field} draft={draft} id={id} />
      {draft.as === 'null' ? null : <Input {...props} id={id} about={about} />}
      {field.isNullable && (
        <label class="tick">
          <input
            type="checkbox"
            checked={draft.as === 'null'}
            onChange={(event) => onChange(event.currentTarget.checked ? { as: 'null' } : notNull(field))}
          />
          {field.isRequired ? 'None' : 'Explicitly none (null)'}
        </label>
      )}
      {hint !== '' && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <Messages id={`${id}-bad`} messages={messages} />
    </div>
  )
}

function Label({ field, draft, id }: { field: Field; draft: Draft; id: string }) {
  if (isTicked(field) && draft.as !== 'json') return null
  const words = (
    <>
      {field.label || 'Input'} {!field.isRequired && field.fallback === undefined && <small>optional</small>}
    </>
  )
  // A list is several controls: their group is called so.
  return field.shape.is === 'list' && draft.as !== 'json' ? (
    <span class="label" id={`${id}-label`}>
      {words}
    </span>
  ) : (
    <label for={id}>{words}</label>
  )
}

function Input(props: InputProps) {
  const { field, draft } = props
  if (draft.as === 'json') return <JsonInput {...props} />
  switch (field.shape.is) {
    case 'text':
    case 'number':
      return <TextInput {...props} shape={field.shape} />
    case 'flag':
      return <FlagInput {...props} />
    case 'choice':
      return <ChoiceInput {...props} options={field.shape.options} />
    case 'list':
      return <ListInput {...props} item={field.shape.item} draw={(entry) => <OneField {...entry} />} />
    default:
      return <JsonInput {...props} />
  }
}

function notNull(field: Field): Draft {
  const first = firstDraft({ ...field, isNullable: false })
  return first.as === 'null' ? emptyDraft(field) : first
}

function Messages({ id, messages }: { id: string; messages: readonly string[] }) {
  if (messages.length === 0) return null
  return (
    <p class="bad-words" id={id}>
      {messages.join('; ')}
    </p>
  )
}
