// The one question before another snapshot becomes the current one: what it means, and why it is done. The safe answer comes first, and Esc takes it.
import type { ArtifactDetail } from 'holdfast/client'
import { client } from '../client.ts'
import { Field, FormDialog } from '../parts/form-dialog.tsx'

export interface RollBackDialogProps {
  artifact: ArtifactDetail
  to: number
  onClose: () => void
}

const longestReason = 200

export function RollBackDialog({ artifact, to, onClose }: RollBackDialogProps) {
  const current = artifact.current?.number ?? null
  const verb = current !== null && to > current ? 'Roll forward' : 'Roll back'
  const move = (reason: string) => client.rollBack(artifact.name, { to, by: 'dashboard', ...(reason !== '' && { reason }) })
  return (
    <FormDialog
      title={`${verb} ${artifact.name} to snapshot ${to}?`}
      words={consequences(artifact, to).map((sentence) => <p key={sentence}>{sentence}</p>)}
      verb={`${verb} to ${to}`}
      busyVerb="Moving…"
      safe={current === null ? 'Leave it' : `Keep ${current}`}
      safeFirst
      send={(text) => move(text('reason'))}
      onClose={onClose}
    >
      <Field label="Reason, for those who come after" name="reason" required={false} maxLength={longestReason} />
    </FormDialog>
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
