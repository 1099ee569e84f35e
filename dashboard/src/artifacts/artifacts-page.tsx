// The list of artifacts, live: what needs somebody first.

import { colouredCode } from '../parts/coloured-code.tsx'
import { ConnectionNote } from '../parts/connection-note.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { reachable } from '../parts/reachable.ts'
import { useTabSign } from '../tab-sign.ts'
import { inOrder, listSentence, needsSomebody } from './artifact-words.ts'
import { ArtifactsTable } from './artifacts-table.tsx'
import { useArtifacts } from './use-artifact.ts'

export function ArtifactsPage() {
  const { view, problem } = useArtifacts()
  const artifacts = view.value
  const required = artifacts?.filter(needsSomebody).length ?? 0
  useTabSign(required === 0 ? 'Artifacts' : `${required} to look at · Artifacts`, required > 0 ? 'stalled' : null)
  const isEmpty = artifacts?.length === 0
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{isEmpty ? 'No artifacts yet' : 'Artifacts'}</h1>
          {artifacts !== null && <p class="lead">{isEmpty ? emptyWords : listSentence(artifacts)}</p>}
        </div>
        <div class="right">
          <ConnectionNote />
        </div>
      </header>
      {problem.value !== null && <ProblemNote problem={problem.value} />}
      {isEmpty && <FirstOne />}
      {artifacts !== null && !isEmpty && <ArtifactsTable artifacts={inOrder(artifacts)} />}
      {artifacts === null && problem.value === null && <Skeleton />}
    </>
  )
}

const emptyWords =
  'An artifact is the output of a job type: published whole when a job succeeds, left alone when it fails, one step back whenever you like.'

const definition = `import { defineJob } from 'holdfast'

const rebuild = defineJob({
  kind: 'rebuild',
  command: ['python', 'build_index.py'], // writes into $HOLDFAST_STAGING/index
  artifacts: ['index'],
  fingerprint: ({ mode }) => \`mode=\${mode}\`,
})`

function FirstOne() {
  return (
    <div class="code-box">
      <pre class="code" {...reachable('How a job type declares an artifact')}>
        {colouredCode(definition)}
      </pre>
      <CopyButton class="btn ghost small cp" label="Copy" text={() => definition} />
    </div>
  )
}

/** In the shape of the table, so that nothing jumps when it comes. */
function Skeleton() {
  return (
    <div class="card" aria-busy="true" aria-label="Loading artifacts" role="status">
      {[44, 60, 36].map((width) => (
        <div key={width} class="skel-row">
          <span class="skel" style={{ width: '96px' }} />
          <span class="skel" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  )
}
