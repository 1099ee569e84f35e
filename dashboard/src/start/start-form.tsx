// Asks for a job: its input as fields, and when and how it should go. What the server refuses is told at its field; what was typed stays.
import type { Job, KindView } from 'holdfast/client'
import { HoldfastClientError } from 'holdfast/client'
import { useRef, useState } from 'preact/hooks'
import { client } from '../client.ts'
import { useAsking } from '../job/use-asking.ts'
import { link } from '../place.ts'
import { useMay } from '../role.tsx'
import { useLocation } from '../router.tsx'
import { placed, type Refused } from './drafts.ts'
import { InputFields } from './input-fields.tsx'
import { useInput } from './input-state.ts'
import { MoreFields, moreOf, morePaths } from './more-fields.tsx'

export interface StartFormProps {
  kind: KindView
  /** A job whose input is to begin with. */
  from: Job | null
}

export function StartForm({ kind, from }: StartFormProps) {
  const { route } = useLocation()
  const form = useRef<HTMLFormElement>(null)
  const input = useInput(kind.inputSchema, from === null || from.omitted.includes('input') ? undefined : from.input)
  const [errors, setErrors] = useState<Refused[]>([])
  const [served, setServed] = useState<Job | null>(null)
  const { ask, busy, refusal } = useAsking()
  const may = useMay('operator', 'start jobs')
  const refuse = (refused: Refused[]) => {
    setErrors(refused)
    // Drawn first, so that what is wrong is known to be wrong.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus())
  }
  const submit = async () => {
    const { value, refused } = input.read()
    const more = moreOf(new FormData(form.current ?? undefined))
    setServed(null)
    if (refused.length + more.refused.length > 0) return refuse([...refused, ...more.refused])
    setErrors([])
    try {
      const { job, created } = await client.submit(kind.kind, value, { ...more.request, submittedBy: 'dashboard' })
      if (created) route(link(`jobs/${job.id}`))
      else setServed(job)
    } catch (error) {
      if (!(error instanceof HoldfastClientError) || error.errors.length === 0) throw error
      refuse([...error.errors])
    }
  }
  const messages = placed(
    input.field,
    input.draft,
    errors.filter(({ path }) => !morePaths.includes(path)),
  )
  return (
    <form
      class="start-form"
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (may.is) ask('start', submit)
      }}
    >
      <InputFields input={input} refused={messages} canBeNothing={kind.inputSchema === null} />
      <MoreFields refused={errors} name={from?.name ?? ''} />
      {(refusal !== null || errors.length > 0) && (
        <p class="bad-words" role="alert">
          {refusal ?? refusedWords(errors, messages.get('') ?? [])}
        </p>
      )}
      {served !== null && (
        <p class="soft" role="status">
          Nothing new was started: <a href={link(`jobs/${served.id}`)}>#{served.id}</a> does the same already.
        </p>
      )}
      <div class="acts">
        <button type="submit" class="btn primary" {...may.press(() => {}, busy !== null)}>
          {busy === null ? 'Start' : 'Starting…'}
        </button>
      </div>
      {may.reason}
    </form>
  )
}

function refusedWords(errors: readonly Refused[], elsewhere: readonly string[]): string {
  const shown = errors.length === 1 ? 'One value was refused' : `${errors.length} values were refused`
  return elsewhere.length === 0 ? `${shown}. Nothing was started.` : `${shown}: ${elsewhere.join('; ')}`
}
