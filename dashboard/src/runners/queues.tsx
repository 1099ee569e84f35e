// Queues: how many of each run and wait, how many may, and the switch that holds them.
import type { QueueView } from 'holdfast/client'
import { useState } from 'preact/hooks'
import { ago, count } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { client } from '../client.ts'
import { useAsking } from '../job/use-asking.ts'
import { clock } from '../live.ts'
import { type May, useMay } from '../role.tsx'
import { LimitDialog } from './limit-dialog.tsx'

interface QueuesProps {
  queues: QueueView[]
  onChange(): Promise<void>
}

export function Queues({ queues, onChange }: QueuesProps) {
  const mayPause = useMay('operator', 'pause queues')
  const mayLimit = useMay('admin', 'set how many run at a time')
  const [changing, setChanging] = useState<QueueView | null>(null)
  return (
    <section class="section" aria-labelledby="queues">
      <header>
        <h2 id="queues">
          Queues <span class="n">{count(queues.length)}</span>
        </h2>
        {mayPause.reason ?? mayLimit.reason}
      </header>
      {queues.length === 0 ? (
        <p class="card none">A queue is there from its first job on, or when the app names it.</p>
      ) : (
        <ul class="card lines-list">
          {queues.map((queue) => (
            <Queue
              key={queue.queue}
              queue={queue}
              mayPause={mayPause}
              mayLimit={mayPause.is ? mayLimit : mayPause}
              onChange={onChange}
              onLimit={setChanging}
            />
          ))}
        </ul>
      )}
      {changing !== null && (
        <LimitDialog
          title={
            <>
              How many of <bdi>{changing.queue}</bdi> may run at a time?
            </>
          }
          words="On all machines together. What runs now goes on."
          limit={changing.concurrency}
          set={(limit) => client.setConcurrency(changing.queue, limit).then(onChange)}
          onClose={() => setChanging(null)}
        />
      )}
    </section>
  )
}

interface QueueProps {
  queue: QueueView
  mayPause: May
  mayLimit: May
  onChange(): Promise<void>
  onLimit(queue: QueueView): void
}

function Queue({ queue: view, mayPause, mayLimit, onChange, onLimit }: QueueProps) {
  const { queue, concurrency, pausedAt, pausedBy, queued, running } = view
  const { ask, busy, refusal } = useAsking()
  const isPaused = pausedAt !== null
  const toggle = () => ask('pause', () => (isPaused ? client.resumeQueue : client.pauseQueue)(queue, { by: 'dashboard' }).then(onChange))
  return (
    <li>
      <span class="pill plain" data-state={isPaused ? 'stalled' : running > 0 ? 'running' : 'queued'}>
        <Icon name={isPaused ? 'pause' : running > 0 ? 'running' : 'queued'} />
        {isPaused ? 'Paused' : running > 0 ? 'Running' : 'Idle'}
      </span>
      <div class="what">
        <p>
          <b>
            <bdi>{queue}</bdi>
          </b>
        </p>
        <p class="quiet small">
          {isPaused
            ? `Nothing of it is started${pausedBy === null ? '' : `, said ${pausedBy}`} ${ago(clock.value - pausedAt)}`
            : concurrency === null
              ? 'as many at a time as there are slots'
              : `${count(concurrency)} at a time`}
        </p>
      </div>
      <p class="soft">
        {count(running)} running, {count(queued)} waiting
        {refusal !== null && (
          <span class="bad-words" role="alert">
            {refusal}
          </span>
        )}
      </p>
      <span class="acts">
        <button
          type="button"
          class="btn small"
          aria-label={`${isPaused ? 'Resume' : 'Pause'} queue ${queue}`}
          {...mayPause.press(toggle, busy !== null)}
        >
          {isPaused ? 'Resume' : 'Pause'}
        </button>
        <button type="button" class="btn small" aria-label={`Limit queue ${queue}…`} {...mayLimit.press(() => onLimit(view))}>
          Limit…
        </button>
      </span>
    </li>
  )
}
