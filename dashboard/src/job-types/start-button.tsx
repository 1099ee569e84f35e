// Starts a job of a type that takes no input; for others it leads to the form. What cannot be pressed says why beside it.
import type { KindActivity, KindView } from 'holdfast/client'
import { useId } from 'preact/hooks'
import { client } from '../client.ts'
import { useAsking } from '../job/use-asking.ts'
import { link } from '../place.ts'
import type { May } from '../role.tsx'
import { useLocation } from '../router.tsx'
import { takesNothing } from './kind-words.ts'

export interface StartButtonProps {
  kind: KindView
  activity: KindActivity | null
  may: May
}

export function StartButton({ kind: { kind, title, isDefined, unique, inputSchema }, activity, may }: StartButtonProps) {
  const { route } = useLocation()
  const { ask, busy, refusal } = useAsking()
  const id = useId()
  const active = activity?.active ?? null
  if (!isDefined) return <span class="quiet small">This app does not define it</span>
  if (!takesNothing(inputSchema))
    return (
      <a class="btn small" href={link(`job-types/${kind}`)} aria-label={`Start ${title}…`}>
        Start…
      </a>
    )
  if (unique && active !== null)
    return (
      <span class="start">
        <button type="button" class="btn small" aria-disabled="true" aria-describedby={id} aria-label={`Start ${title}`}>
          Start
        </button>
        <span class="quiet small" id={id}>
          <a href={link(`jobs/${active.id}`)}>#{active.id}</a> {active.state === 'queued' ? 'waits already' : 'runs already'}
        </span>
      </span>
    )
  const start = async () => {
    const { job } = await client.submit(kind, undefined, { submittedBy: 'dashboard' })
    route(link(`jobs/${job.id}`))
  }
  return (
    <span class="start">
      <button type="button" class="btn small" aria-label={`Start ${title}`} {...may.press(() => ask('start', start), busy !== null)}>
        {busy === null ? 'Start' : 'Starting…'}
      </button>
      {refusal !== null && (
        <span class="bad-words small" role="alert">
          {refusal}
        </span>
      )}
    </span>
  )
}
