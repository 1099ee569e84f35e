// The one question before a job is cancelled. The safe answer comes first, and Esc takes it.

import type { Job } from 'holdfast/client'
import { cancelWords } from '../../../src/views/cancel-words.ts'
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
      words={<p>{cancelWords(job)}</p>}
      verb="Cancel job"
      busyVerb="Asking it to stop…"
      safe={job.state === 'queued' ? 'Keep it' : 'Keep running'}
      danger
      send={() => client.cancel(job.id, { by: 'dashboard' })}
      onClose={onClose}
    />
  )
}
