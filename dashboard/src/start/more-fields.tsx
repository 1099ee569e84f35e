// What else may be said of a job when it is asked for: its name, when it begins, who goes first.
import type { SubmitRequest } from 'holdfast/client'
import { useId } from 'preact/hooks'
import type { Refused } from './drafts.ts'

interface More {
  request: Pick<SubmitRequest, 'name' | 'availableAt' | 'priority'>
  refused: Refused[]
}

/** Under which names the server refuses them. */
export const morePaths: readonly string[] = ['name', 'availableAt', 'priority']

export function moreOf(form: FormData): More {
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const [name, later, priority] = [text('more-name'), text('more-later'), text('more-priority')]
  const availableAt = new Date(later).getTime()
  const request = {
    ...(name !== '' && { name }),
    ...(later !== '' && !Number.isNaN(availableAt) && { availableAt }),
    ...(priority !== '' && { priority: Number(priority) }),
  }
  // What is no number at all would come to the server as nothing.
  return { request, refused: Number.isFinite(Number(priority)) ? [] : [{ path: 'priority', message: 'must be a whole number' }] }
}

export function MoreFields({ refused, name }: { refused: readonly Refused[]; name: string }) {
  const said = (path: string) => refused.filter((one) => one.path === path).map(({ message }) => message)
  const isWrong = morePaths.some((path) => said(path).length > 0)
  return (
    <details class="more" open={isWrong || undefined}>
      <summary>More</summary>
      <MoreField label="Name" name="more-name" value={name} hint="What people should call this job." messages={said('name')} />
      <MoreField
        label="Not before"
        name="more-later"
        type="datetime-local"
        hint="By the clock of this browser."
        messages={said('availableAt')}
      />
      <MoreField label="Priority" name="more-priority" hint="A whole number; smaller goes first." messages={said('priority')} />
    </details>
  )
}

interface MoreFieldProps {
  label: string
  name: string
  type?: 'text' | 'datetime-local'
  value?: string
  hint: string
  messages: readonly string[]
}

function MoreField({ label, name, type = 'text', value = '', hint, messages }: MoreFieldProps) {
  const id = useId()
  const isWrong = messages.length > 0
  const given = {
    id,
    name,
    defaultValue: value,
    autocomplete: 'off' as const,
    'aria-describedby': isWrong ? `${id}-hint ${id}-bad` : `${id}-hint`,
    'aria-invalid': isWrong || undefined,
  }
  return (
    <div class="field">
      <label for={id}>
        {label} <small>optional</small>
      </label>
      {type === 'text' ? <input type="text" {...given} /> : <input type="datetime-local" {...given} />}
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
      {isWrong && (
        <p class="bad-words" id={`${id}-bad`}>
          {messages.join('; ')}
        </p>
      )}
    </div>
  )
}
