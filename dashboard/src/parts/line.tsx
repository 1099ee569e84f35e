// A control with its label, what is said of it, and what is wrong with it.
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

export interface LineProps {
  label: string
  isOptional?: boolean
  hint?: string
  messages: readonly string[]
  children(given: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }): ComponentChildren
}

export function Line({ label, isOptional = false, hint, messages, children }: LineProps) {
  const id = useId()
  const said = [hint !== undefined && `${id}-hint`, messages.length > 0 && `${id}-bad`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>
        {label} {isOptional && <small>optional</small>}
      </label>
      {children({ id, ...(said !== '' && { 'aria-describedby': said }), ...(messages.length > 0 && { 'aria-invalid': true as const }) })}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {messages.length > 0 && (
        <p class="bad-words" id={`${id}-bad`}>
          {messages.join('; ')}
        </p>
      )}
    </div>
  )
}
