// The one question before a job is cancelled. The safe answer comes first, and Esc takes it.

import type { Job } from 'holdfast/client'
import { HoldfastClientError } from 'holdfast/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { client } from '../client.ts'

export interface CancelDialogProps {
  job: Job
  title: string
  onClose: () => void
}

export function CancelDialog({ job, title, onClose }: CancelDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => dialog.current?.showModal(), [])
  // Closing the dialog, not just leaving it away, gives the focus back to where it was.
  const close = () => dialog.current?.close()
  const cancel = async () => {
    if (busy) return
    setBusy(true)
    try {
      await client.cancel(job.id, { by: 'dashboard' })
      close()
    } catch (error) {
      setFailure(error instanceof HoldfastClientError ? error.message : String(error))
      setBusy(false)
    }
  }
  const started = job.state !== 'queued'
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="cancel-title" aria-describedby="cancel-words" onClose={onClose}>
      <h2 id="cancel-title">
        Cancel <bdi>{title}</bdi> #{job.id}?
      </h2>
      <p id="cancel-words">{consequence(job)}</p>
      {failure !== null && (
        <p class="bad-words" role="alert">
          {failure}
        </p>
      )}
      <div class="acts">
        <button type="button" class="btn" onClick={close}>
          {started ? 'Keep running' : 'Keep it'}
        </button>
        <button type="button" class="btn solid-bad" aria-disabled={busy} onClick={() => void cancel()}>
          {busy ? 'Asking it to stop…' : 'Cancel job'}
        </button>
      </div>
    </dialog>
  )
}

function consequence({ state, artifacts }: Job): string {
  if (state === 'queued') return 'It has not started yet and will not start.'
  const kept =
    artifacts.length === 0 ? '' : ` Nothing is published: ${artifacts.join(', ')} ${artifacts.length === 1 ? 'stays' : 'stay'} as before.`
  return `It is asked to stop and gets a moment to finish. Then its processes are ended.${kept}`
}
