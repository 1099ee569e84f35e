// The one question before another snapshot becomes the current one: what it means, and why it is done. The safe answer comes first, and Esc takes it.
import type { ArtifactDetail } from 'holdfast/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { client } from '../client.ts'
import { useAsking } from '../job/use-asking.ts'

export interface RollBackDialogProps {
  artifact: ArtifactDetail
  to: number
  onClose: () => void
}

const longestReason = 200

export function RollBackDialog({ artifact, to, onClose }: RollBackDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [reason, setReason] = useState('')
  const { ask, busy, refusal } = useAsking()
  const safe = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
    // Not the field, where Enter would be an answer.
    safe.current?.focus()
  }, [])
  // Closing the dialog, not just leaving it away, gives the focus back to where it was.
  const close = () => dialog.current?.close()
  const current = artifact.current?.number ?? null
  const verb = current !== null && to > current ? 'Roll forward' : 'Roll back'
  const move = async () => {
    await client.rollBack(artifact.name, { to, by: 'dashboard', ...(reason.trim() !== '' && { reason: reason.trim() }) })
    close()
  }
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="roll-title" aria-describedby="roll-words" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          ask('move', move)
        }}
      >
        <h2 id="roll-title">
          {verb} {artifact.name} to snapshot {to}?
        </h2>
        <div id="roll-words">
          {consequences(artifact, to).map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
        <label class="field">
          <span>Reason, for those who come after</span>
          <input type="text" value={reason} maxLength={longestReason} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        {refusal !== null && (
          <p class="bad-words" role="alert">
            {refusal}
          </p>
        )}
        <div class="acts">
          <button type="button" class="btn" onClick={close} ref={safe}>
            {current === null ? 'Leave it' : `Keep ${current}`}
          </button>
          <button type="submit" class="btn primary" aria-disabled={busy !== null}>
            {busy === null ? `${verb} to ${to}` : 'Moving…'}
          </button>
        </div>
      </form>
    </dialog>
  )
}

function consequences({ current, kept, wanted, required, building }: ArtifactDetail, to: number): string[] {
  const target = kept.find(({ number }) => number === to)
  const reads = current === null ? '' : ` Who reads ${current.number} now goes on reading it until done.`
  const sentences = [`Readers get snapshot ${to} from their next look on.${reads}`]
  if (current !== null) sentences.push(`Snapshot ${current.number} is kept for now, so that you can come back to it.`)
  if (building !== null) sentences.push(`Job #${building.jobId} goes on, and publishes a newer snapshot when it succeeds.`)
  if (wanted !== null && target?.fingerprint !== wanted.fingerprint)
    sentences.push(`Snapshot ${to} is not what is wanted: a rebuild ${required ? 'stays' : 'will be'} required.`)
  return sentences
}
