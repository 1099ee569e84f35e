// The form with name and password. What was wrong is told beside the field it is about.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../../../src/views/icon.tsx'
import { useAsking } from '../job/use-asking.ts'

export interface CredentialsProps {
  title: string
  verb: string
  /** The password is one that is made now. */
  isNew?: boolean
  /** As far as the address has it; null: none is needed. */
  code?: string | null
  send(given: { name: string; password: string; code: string }): Promise<unknown>
  note: ComponentChildren
}

export function Credentials({ title, verb, isNew = false, code = null, send, note }: CredentialsProps) {
  const { ask, busy, refusal } = useAsking()
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(given.get(name) ?? '')
    ask('sign in', () => send({ name: text('name').trim(), password: text('password'), code: text('code').trim() }))
  }
  const wrong = refusal === null ? {} : { 'aria-invalid': true, 'aria-describedby': 'sign-refusal' }
  return (
    <form class="card" aria-labelledby="sign-title" onSubmit={submit}>
      <h1 id="sign-title">{title}</h1>
      <label>
        Name
        <input
          ref={first}
          name="name"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
          maxLength={200}
          {...wrong}
        />
      </label>
      <label>
        Password
        <input
          name="password"
          type="password"
          autocomplete={isNew ? 'new-password' : 'current-password'}
          required
          minLength={isNew ? leastPassword : undefined}
          {...wrong}
        />
        {isNew && <small>At least {leastPassword} characters. A few words are fine.</small>}
      </label>
      {code !== null && (
        <label>
          Code
          <input name="code" class="code" defaultValue={code} autocomplete="off" spellcheck={false} required {...wrong} />
          <small>Holdfast printed it where it was started, and into its log.</small>
        </label>
      )}
      {refusal !== null && (
        <p class="refusal" id="sign-refusal" role="alert" data-state="failed">
          <Icon name="cross" />
          {refusal}
        </p>
      )}
      <button type="submit" class="btn primary" aria-disabled={busy !== null}>
        {busy === null ? verb : 'One moment…'}
      </button>
      <p class="note">{note}</p>
    </form>
  )
}

const leastPassword = 10
