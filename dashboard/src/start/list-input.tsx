// Several values of one sort, one below the other.
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from '../../../src/views/icon.tsx'
import { type Draft, emptyDraft, none } from './drafts.ts'
import type { FieldProps, InputProps } from './field-props.ts'
import type { Field } from './schema-fields.ts'

export interface ListInputProps extends InputProps {
  item: Field
  draw(entry: FieldProps): ComponentChildren
}

export function ListInput({ field, draft, id, path, about, refused, item, draw, onChange }: ListInputProps) {
  const items = draft.as === 'list' ? draft.items : []
  const box = useRef<HTMLDivElement>(null)
  const grown = useRef(false)
  useLayoutEffect(() => {
    if (!grown.current) return
    grown.current = false
    box.current?.querySelector<HTMLElement>('li:last-child :is(input, select)')?.focus()
  }, [items.length])
  // Emptied, what need not be given is not given.
  const change = (next: Draft[]) => onChange(next.length === 0 && !field.isRequired ? none : { as: 'list', items: next })
  const remove = (place: number) => {
    change(items.toSpliced(place, 1))
    box.current?.querySelector<HTMLElement>('.add')?.focus()
  }
  const add = () => {
    grown.current = true
    change([...items, emptyDraft(item)])
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as the other fields are
    <div class="list" ref={box} role="group" aria-labelledby={`${id}-label`} aria-describedby={about['aria-describedby']}>
      {items.length > 0 && (
        <ol>
          {items.map((entry, place) => (
            // Entries have no name but their place.
            <li key={place}>
              {draw({
                field: { ...item, label: `${field.label} ${place + 1}` },
                draft: entry,
                path: `${path}.${place}`,
                refused,
                onChange: (changed) => change(items.with(place, changed)),
              })}
              <button type="button" class="btn ghost small" aria-label={`Remove ${field.label} ${place + 1}`} onClick={() => remove(place)}>
                <Icon name="cross" />
              </button>
            </li>
          ))}
        </ol>
      )}
      <button type="button" class="btn small add" data-path={path} aria-describedby={`${id}-label`} onClick={add}>
        Add {items.length === 0 ? 'one' : 'another'}
      </button>
    </div>
  )
}
