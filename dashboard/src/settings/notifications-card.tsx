// Who is told of jobs that failed, were interrupted or went silent. A test is sent at once, and what the other side said is shown.
import type { NotificationTarget, NotifyEvent } from 'holdfast/client'
import { useState } from 'preact/hooks'
import { ago } from '../../../src/views/format.ts'
import { client } from '../client.ts'
import { useAsking } from '../job/use-asking.ts'
import { now } from '../live.ts'
import { Choice, Field, FormDialog } from '../parts/form-dialog.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { useLoaded } from './use-loaded.ts'

const types = [
  ['ntfy', 'ntfy: a topic on your phone'],
  ['webhook', 'Webhook: signed JSON'],
] as const
const events = ['failed', 'stalled', 'interrupted', 'succeeded'] as const satisfies readonly NotifyEvent[]

export function NotificationsCard() {
  const { value: targets, problem, again } = useLoaded(client.notifications)
  const [editing, setEditing] = useState<NotificationTarget | 'new' | null>(null)
  const [leaving, setLeaving] = useState<NotificationTarget | null>(null)
  return (
    <section class="card panel" aria-labelledby="notifications">
      <header>
        <h2 id="notifications">Notifications</h2>
        {targets !== null && <span class="n">{targets.length}</span>}
        <button type="button" class="btn push" onClick={() => setEditing('new')}>
          Tell somebody
        </button>
      </header>
      {problem !== null && <ProblemNote problem={problem} />}
      {targets?.length === 0 && <p class="quiet small">Nobody is told when a job fails or goes silent.</p>}
      <ul class="entries">
        {targets?.map((target) => (
          <Target
            key={target.name}
            target={target}
            onChange={() => setEditing(target)}
            onRemove={() => setLeaving(target)}
            onSent={again}
          />
        ))}
      </ul>
      {editing !== null && <EditTarget target={editing === 'new' ? null : editing} onDone={again} onClose={() => setEditing(null)} />}
      {leaving !== null && (
        <FormDialog
          title={`Tell ${leaving.name} nothing more?`}
          verb="Remove"
          danger
          words={leaving.waiting > 0 && <p>{leaving.waiting} that wait to be told are dropped.</p>}
          onClose={() => setLeaving(null)}
          send={() => client.removeNotification(leaving.name).then(again)}
        />
      )}
    </section>
  )
}

interface TargetProps {
  target: NotificationTarget
  onChange(): void
  onRemove(): void
  onSent(): Promise<void>
}

function Target({ target, onChange, onRemove, onSent }: TargetProps) {
  const { ask, busy, refusal } = useAsking()
  const [said, setSaid] = useState<string | null>(null)
  const test = async () => {
    const { delivered, status, answer, error } = await client.testNotification(target.name)
    setSaid(delivered ? `Delivered (${status}). ${answer}`.trim() : `Not delivered: ${error ?? `answered ${status}. ${answer}`}`)
    await onSent()
  }
  const trouble = target.disabledWhy ?? target.lastError?.message ?? null
  return (
    <li>
      <span class="what">
        <b>{target.name}</b> <span class="quiet">{target.type}</span>
        <span class="url quiet">{target.url}</span>
      </span>
      <span class="quiet">{words(target, now.value)}</span>
      <span class="acts">
        <button
          type="button"
          class="btn small"
          aria-label={`Send test to ${target.name}`}
          aria-disabled={busy !== null}
          onClick={() => ask('test', test)}
        >
          {busy === null ? 'Send test' : 'Sending…'}
        </button>
        <button type="button" class="btn small" aria-label={`Change ${target.name}`} onClick={onChange}>
          Change
        </button>
        <button type="button" class="btn small" aria-label={`Remove ${target.name}`} onClick={onRemove}>
          Remove
        </button>
      </span>
      <span class="said" role="status">
        {said ?? refusal ?? (trouble !== null && <span class="bad-words">{trouble}</span>)}
      </span>
    </li>
  )
}

interface EditProps {
  target: NotificationTarget | null
  onDone(): Promise<void>
  onClose(): void
}

function EditTarget({ target, onDone, onClose }: EditProps) {
  const put = async (text: (field: string) => string) => {
    const secret = text('secret')
    await client.putNotification(target?.name ?? text('name'), {
      type: text('type') === 'webhook' ? 'webhook' : 'ntfy',
      url: text('url'),
      events: events.filter((event) => text(event) === 'on'),
      ...(secret !== '' && { secret }),
      ...(target?.kinds && { kinds: target.kinds }),
    })
    await onDone()
  }
  const told = target?.events ?? events.slice(0, 3)
  return (
    <FormDialog
      title={target === null ? 'Tell somebody' : `Change ${target.name}`}
      verb={target === null ? 'Add' : 'Change'}
      onClose={onClose}
      send={put}
    >
      {target === null && <Field label="Name" name="name" hint="Letters, digits, - and _, such as phone." />}
      <Choice label="How" name="type" value={target?.type ?? 'ntfy'} options={types} />
      <Field label="Address" name="url" value={target?.url ?? ''} hint="https://ntfy.sh/my-topic, or of the webhook." />
      <Field
        label="Secret"
        name="secret"
        type="password"
        required={false}
        autocomplete="new-password"
        hint={
          target?.hasSecret
            ? 'Empty: it stays, unless it would go to another server.'
            : 'What a webhook is signed with (whsec_…), or an access token of ntfy.'
        }
      />
      <fieldset class="field">
        <legend>Of jobs that</legend>
        {events.map((event) => (
          <label key={event} class="tick">
            <input type="checkbox" name={event} defaultChecked={told.includes(event)} />
            {eventWords[event]}
          </label>
        ))}
      </fieldset>
    </FormDialog>
  )
}

const eventWords: Record<NotifyEvent, string> = {
  failed: 'failed',
  stalled: 'give no sign of life',
  interrupted: 'were interrupted',
  succeeded: 'succeeded',
}

function words({ events: told, lastSentAt, waiting, kinds, givenUp, dropped }: NotificationTarget, at: number): string {
  return [
    told.join(', '),
    kinds === null ? 'every job type' : kinds.join(', '),
    lastSentAt === null ? 'nothing sent yet' : `last sent ${ago(at - lastSentAt)}`,
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(givenUp + dropped > 0 ? [`${givenUp + dropped} never told`] : []),
  ].join(' · ')
}
