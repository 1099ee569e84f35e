// A dialog that asks for something and sends it once. Esc and the safe answer leave everything as it was.
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { useAsking } from '../job/use-asking.ts'

export interface FormDialogProps {
  title: ComponentChildren
  /** What it means, read out with the title. */
  words?: ComponentChildren
  verb: string
  /** While it is being done. */
  busyVerb?: string
  /** What the answer that changes nothing is called. */
  safe?: string
  danger?: boolean
  /** The safe answer has the focus, not the first field, where Enter would be an answer. */
  safeFirst?: boolean
  /** It has many fields. */
  wide?: boolean
  /** The dialog closes when it resolves. */
  send(text: (field: string) => string): Promise<unknown>
  onClose(): void
  /** Fields. */
  children?: ComponentChildren
}

export function FormDialog(props: FormDialogProps) {
  const {
    title,
    words,
    verb,
    busyVerb = 'One moment…',
    safe = 'Leave it',
    danger = false,
    safeFirst = false,
    wide = false,
    send,
    onClose,
    children,
  } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const safeButton = useRef<HTMLButtonElement>(null)
  const { ask, busy, refusal } = useAsking()
  useEffect(() => {
    dialog.current?.showModal()
    if (safeFirst) safeButton.current?.focus()
  }, [])
  // Closing the dialog, not just leaving it away, gives the focus back to where it was.
  const close = () => dialog.current?.close()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget as HTMLFormElement)
    ask(verb, () => send((field) => String(given.get(field) ?? '').trim()).then(close))
  }
  return (
    <dialog
      class={wide ? 'dialog wide' : 'dialog'}
      ref={dialog}
      aria-labelledby="dialog-title"
      aria-describedby={words ? 'dialog-words' : undefined}
      onClose={onClose}
    >
      <form onSubmit={submit} noValidate={wide}>
        <h2 id="dialog-title">{title}</h2>
        {words && <div id="dialog-words">{words}</div>}
        {children}
        {refusal !== null && (
          <p class="bad-words" role="alert">
            {refusal}
          </p>
        )}
        <div class="acts">
          <button type="button" class="btn" onClick={close} ref={safeButton}>
            {safe}
          </button>
          <button type="submit" class={danger ? 'btn solid-bad' : 'btn primary'} aria-disabled={busy !== null}>
            {busy === null ? verb : busyVerb}
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
  maxLength?: number
  autocomplete?: 'off' | 'username' | 'new-password' | 'current-password'
}

export function Field({ label, name, type = 'text', value = '', hint, required = true, maxLength, autocomplete = 'off' }: FieldProps) {
  const id = useId()
  const given = { id, name, defaultValue: value, required, maxLength, autocomplete, spellcheck: false, autocapitalize: 'none' as const }
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
