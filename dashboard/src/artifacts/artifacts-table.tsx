// The artifacts as rows. On phones a row becomes an entry of three lines; the roles are written out because `display: grid` takes them away.
import type { ArtifactView } from 'holdfast/client'
import { bytes } from '../../../src/views/amounts.ts'
import { ago, fullTime } from '../../../src/views/format.ts'
import { clock } from '../live.ts'
import { cell, group, head, row, table } from '../parts/table-roles.ts'
import { link } from '../place.ts'
import { ConditionPill } from './condition-pill.tsx'
import { Differences } from './differences.tsx'
import { differences } from './fingerprint.ts'

export function ArtifactsTable({ artifacts }: { artifacts: ArtifactView[] }) {
  return (
    <div class="card">
      <table class="table jobs artifacts" {...table} aria-label="Artifacts">
        <thead {...group}>
          <tr {...row}>
            <th {...head} class="st">
              Condition
            </th>
            <th {...head} class="name">
              Artifact
            </th>
            <th {...head} class="why">
              Why
            </th>
            <th {...head} class="num snapshot">
              Snapshot
            </th>
            <th {...head} class="num took">
              Published
            </th>
            <th {...head} class="num size">
              Kept
            </th>
          </tr>
        </thead>
        <tbody {...group}>
          {artifacts.map((artifact) => (
            <ArtifactRow key={artifact.name} artifact={artifact} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function ArtifactRow({ artifact }: { artifact: ArtifactView }) {
  const { name, current, snapshots } = artifact
  return (
    <tr {...row}>
      <td {...cell} class="st">
        <ConditionPill artifact={artifact} />
      </td>
      <td {...cell} class="name">
        <a href={link(`artifacts/${name}`)}>{name}</a>
      </td>
      <td {...cell} class="why">
        <Why artifact={artifact} />
      </td>
      <td {...cell} class="num snapshot">
        {current === null ? '–' : current.number}
      </td>
      <td {...cell} class="num took" title={current === null ? undefined : fullTime(current.publishedAt)}>
        {current === null ? '–' : ago(clock.value - current.publishedAt)}
      </td>
      <td {...cell} class="num quiet size" title={snapshots === 1 ? '1 snapshot' : `${snapshots} snapshots`}>
        {snapshots === 0 ? '–' : bytes(artifact.bytes)}
      </td>
    </tr>
  )
}

/** What it is not, where that can be told part by part; else the sentence of the server. */
function Why({ artifact: { condition, current, wanted, reasons } }: { artifact: ArtifactView }) {
  const told = wanted === null || !current?.fingerprint ? [] : differences(current.fingerprint, wanted.fingerprint)
  if (condition === 'required' && told.some(({ name }) => name !== null)) return <Differences of={told} most={2} />
  const line = reasons[0] ?? ''
  return <bdi title={reasons.join(' ')}>{line}</bdi>
}
