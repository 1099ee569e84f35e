// The one question before a job is cancelled. The safe answer comes first, and Esc takes it.

import type { Job } from 'holdfast/client'
import { client } from '../client.ts'
import { FormDialog } from '../parts/form-dialog.tsx'

export interface CancelDialogProps {
  job: Job
  title: string
  onClose: () => void
}

export function CancelDialog({ job, title, onClose }: CancelDialogProps) {
  return (
    <FormDialog
      title={
        <>
          Cancel <bdi>{title}</bdi> #{job.id}?
        </>
      }
      words={<p>{consequence(job)}</p>}
      verb="Cancel job"
      busyVerb="Asking it to stop…"
      safe={job.state === 'queued' ? 'Keep it' : 'Keep running'}
      danger
      send={() => client.cancel(job.id, { by: 'dashboard' })}
      onClose={onClose}
    />
  )
}

function consequence({ state, artifacts }: Job): string {
  if (state === 'queued') return 'It has not started yet and will not start.'
  const kept =
    artifacts.length === 0 ? '' : ` Nothing is published: ${artifacts.join(', ')} ${artifacts.length === 1 ? 'stays' : 'stay'} as before.`
  return `It is asked to stop and gets a moment to finish. Then its processes are ended.${kept}`
}
