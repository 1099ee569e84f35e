// What a person can do about a silent job; beside each button stands what it will do.
import type { JobDetail } from 'holdfast/client'
import { useState } from 'preact/hooks'
import { roundDuration, time } from '../../../src/views/format.ts'
import { isCommand } from '../../../src/views/job-words.ts'
import { client } from '../client.ts'
import { clock } from '../live.ts'
import { useMay } from '../role.tsx'
import { CancelDialog } from './cancel-dialog.tsx'
import { useAsking } from './use-asking.ts'

export function StalledChoices({ job, title }: { job: JobDetail; title: string }) {
  const { ask, busy, refusal } = useAsking()
  const [cancelling, setCancelling] = useState(false)
  const may = useMay('operator', 'decide about it')
  const by = { by: 'dashboard' }
  const silence = roundDuration(job.stall?.stallAfterMs ?? 0)
  return (
    <>
      <ul class="choices">
        <li>
          <button
            type="button"
            class="btn primary"
            {...may.press(() => ask('keep waiting', () => client.keepWaiting(job.id, by)), busy !== null)}
          >
            Keep waiting
          </button>
          <p>Counts its silence from now. Warns again after another {silence}.</p>
        </li>
        {!isCommand(job) && (
          <li>
            <button type="button" class="btn" {...may.press(() => ask('resume', () => client.resume(job.id, by)), busy !== null)}>
              {job.saved === null ? 'Stop and retry' : 'Resume'}
            </button>
            <p>
              Stops it, then starts attempt {job.attempts + 1} from{' '}
              {job.saved === null
                ? 'the start: it has saved nothing yet'
                : `what it last saved (so far at ${time(job.saved.at, clock.value)})`}
              .
            </p>
          </li>
        )}
        <li>
          <button type="button" class="btn danger" {...may.press(() => setCancelling(true))}>
            Cancel…
          </button>
          <p>{cancelWords(job)}</p>
        </li>
      </ul>
      {may.reason}
      {refusal !== null && (
        <p class="bad-words" role="alert">
          {refusal}
        </p>
      )}
      {cancelling && <CancelDialog job={job} title={title} onClose={() => setCancelling(false)} />}
    </>
  )
}

function cancelWords({ locks }: JobDetail): string {
  const keys = locks.length === 0 ? '' : ` Its ${locks.length === 1 ? 'key is' : 'keys are'} free when they are proven gone.`
  return `Asks it to stop, gives it a moment, then ends all its processes.${keys}`
}
