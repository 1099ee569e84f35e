// A dialog that asks for something and sends it once. Esc and the safe answer leave everything as it was.
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { useAsking } from '../job/use-asking.ts'

export interface FormDialogProps {
  title: string
  verb: string
  /** What the answer that changes nothing is called. */
  safe?: string
  danger?: boolean
  /** The dialog closes when it resolves. */
  send(text: (field: string) => string): Promise<unknown>
  onClose(): void
  children?: ComponentChildren
}

export function FormDialog({ title, verb, safe = 'Leave it', danger = false, send, onClose, children }: FormDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const { ask, busy, refusal } = useAsking()
  useEffect(() => dialog.current?.showModal(), [])
  const close = () => dialog.current?.close()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget as HTMLFormElement)
    ask(verb, () => send((field) => String(given.get(field) ?? '').trim()).then(close))
  }
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="form-title" onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id="form-title">{title}</h2>
        {children}
        {refusal !== null && (
          <p class="bad-words" role="alert">
            {refusal}
          </p>
        )}
        <div class="acts">
          <button type="button" class="btn" onClick={close}>
            {safe}
          </button>
          <button type="submit" class={danger ? 'btn danger' : 'btn primary'} aria-disabled={busy !== null}>
            {busy === null ? verb : 'One moment…'}
          </button>
        </div>
      </form>
    </dialog>
  )
}

export interface FieldProps {
  label: string
  name: string
  type?: 'text' | 'password'
  value?: string
  hint?: string
  required?: boolean
  autocomplete?: 'off' | 'username' | 'new-password' | 'current-password'
}

export function Field({ label, name, type = 'text', value = '', hint, required = true, autocomplete = 'off' }: FieldProps) {
  const id = useId()
  const given = { id, name, defaultValue: value, required, autocomplete, spellcheck: false, autocapitalize: 'none' as const }
  return (
    <label class="field" for={id}>
      <span>{label}</span>
      {type === 'password' ? <input type="password" {...given} /> : <input type="text" {...given} />}
      {hint !== undefined && <small>{hint}</small>}
    </label>
  )
}

export interface ChoiceProps {
  label: string
  name: string
  value: string
  options: readonly (readonly [value: string, words: string])[]
}

export function Choice({ label, name, value, options }: ChoiceProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select name={name}>
        {options.map(([option, words]) => (
          <option key={option} value={option} selected={option === value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}
