// Who reads which snapshot now. One that is read is never removed.
import type { ArtifactDetail } from 'holdfast/client'
import { count, time } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { clock } from '../live.ts'

const most = 10

export function ReadersCard({ artifact: { kept } }: { artifact: ArtifactDetail }) {
  const readers = kept.flatMap(({ number, readers }) => readers.map((reader) => ({ ...reader, number })))
  return (
    <section class="card panel" aria-labelledby="readers">
      <header>
        <h2 id="readers">Readers</h2>
        <span class="n">{count(readers.length)}</span>
      </header>
      {readers.length > 0 && (
        <ul class="ticks">
          {readers.slice(0, most).map(({ program, pid, hostId, number, since }) => (
            <li key={`${hostId} ${pid} ${number}`}>
              <Icon name="lock" />
              <span>
                <bdi>{program}</bdi> ({pid}), snapshot {number}, since {time(since, clock.value)}
              </span>
            </li>
          ))}
          {readers.length > most && <li>and {count(readers.length - most)} more</li>}
        </ul>
      )}
      <p class="quiet small">
        {readers.length > 0
          ? 'A snapshot is never removed under its reader.'
          : 'Nobody holds a snapshot open. Programs that only follow the path are not counted.'}
      </p>
    </section>
  )
}
