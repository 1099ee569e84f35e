// Holding a job type, and letting it go on. Who held it is told to everybody.
import type { KindView } from 'holdfast/client'
import { ago } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { client } from '../client.ts'
import { useAsking } from '../job/use-asking.ts'
import { clock } from '../live.ts'
import { useMay } from '../role.tsx'

interface PauseProps {
  kind: KindView
  onChange(): Promise<void>
}

const by = { by: 'dashboard' }

export function PauseButton({ kind: { kind }, onChange }: PauseProps) {
  const { ask, busy, refusal } = useAsking()
  const may = useMay('operator', 'pause it')
  return (
    <>
      <button type="button" class="btn" {...may.press(() => ask('pause', () => client.pauseKind(kind, by).then(onChange)), busy !== null)}>
        {busy === null ? 'Pause' : 'Pausing…'}
      </button>
      {may.reason}
      {refusal !== null && (
        <p class="bad-words" role="alert">
          {refusal}
        </p>
      )}
    </>
  )
}

export function PausedBanner({ kind: { kind, pausedAt, pausedBy }, onChange }: PauseProps) {
  const { ask, busy, refusal } = useAsking()
  const may = useMay('operator', 'let it go on')
  return (
    <section class="banner" data-state="stalled" aria-label="Paused">
      <Icon name="pause" />
      <div>
        <b>
          Paused
          {pausedBy !== null && (
            <>
              {' '}
              by <bdi>{pausedBy}</bdi>
            </>
          )}
          {pausedAt !== null && `, ${ago(clock.value - pausedAt)}`}
        </b>
        <p>Nothing more of it is started; what runs goes on, and what is asked for waits until it is resumed.</p>
        {may.reason}
        {refusal !== null && (
          <p class="bad-words" role="alert">
            {refusal}
          </p>
        )}
      </div>
      <div class="acts">
        <button
          type="button"
          class="btn"
          {...may.press(() => ask('resume', () => client.resumeKind(kind, by).then(onChange)), busy !== null)}
        >
          Resume
        </button>
      </div>
    </section>
  )
}
