// What readers get now, and what they should get.
import type { ArtifactDetail } from 'holdfast/client'
import { Fragment } from 'preact'
import { bytes } from '../../../src/views/amounts.ts'
import { count, fullTime, roundDuration } from '../../../src/views/format.ts'
import { clock } from '../live.ts'
import { marked } from './fingerprint.ts'

export function ServedCard({ artifact }: { artifact: ArtifactDetail }) {
  const { name, current, wanted, snapshots } = artifact
  return (
    <section class="card panel" aria-labelledby="served">
      <header>
        <h2 id="served">Being served</h2>
      </header>
      <dl class="facts">
        <dt>Snapshot</dt>
        <dd>{current === null ? 'none yet' : current.number}</dd>
        {current !== null && (
          <>
            <dt>Age</dt>
            <dd title={fullTime(current.publishedAt)}>{roundDuration(clock.value - current.publishedAt)}</dd>
            <dt>Size</dt>
            <dd>
              {bytes(current.bytes)}, {current.files === 1 ? '1 file' : `${count(current.files)} files`}
            </dd>
            <dt>Path</dt>
            <dd>
              <code>current/{name}</code>
            </dd>
          </>
        )}
        {current?.fingerprint && (
          <>
            <dt>Built from</dt>
            <dd>
              <code class="clamped">
                <Marked text={current.fingerprint} other={null} />
              </code>
            </dd>
          </>
        )}
        {wanted !== null && (
          <>
            <dt>Wanted</dt>
            <dd>
              <code class="clamped">
                <Marked text={wanted.fingerprint} other={current?.fingerprint ?? null} />
              </code>
            </dd>
          </>
        )}
        {snapshots > 0 && (
          <>
            <dt>Kept</dt>
            <dd>
              {snapshots === 1 ? '1 snapshot' : `${count(snapshots)} snapshots`}, {bytes(artifact.bytes)}
            </dd>
          </>
        )}
      </dl>
    </section>
  )
}

function Marked({ text, other }: { text: string; other: string | null }) {
  return (
    <>
      {marked(text, other).map(({ text: piece, isNew }, place) => (
        // The pieces of one text have no name but their place.
        <Fragment key={place}>
          {isNew ? <mark>{piece}</mark> : piece}
          {/^[;&,|\s]$/.test(piece) && <wbr />}
        </Fragment>
      ))}
    </>
  )
}
