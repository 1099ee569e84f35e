// One artifact: what is current and whether that is what is wanted, its snapshots as a timeline, who reads and who builds it. One stream keeps it current.
import type { ArtifactDetail } from 'holdfast/client'
import { useState } from 'preact/hooks'
import { Announcer } from '../../../src/views/announcer.tsx'
import { ConnectionNote } from '../parts/connection-note.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { link } from '../place.ts'
import { useRoute } from '../router.tsx'
import { useTabSign } from '../tab-sign.ts'
import { conditionLook } from './artifact-words.ts'
import { BuiltByCard } from './built-by-card.tsx'
import { ConditionBanner } from './condition-banner.tsx'
import { ConditionPill } from './condition-pill.tsx'
import { ReadersCard } from './readers-card.tsx'
import { RollBackDialog } from './roll-back-dialog.tsx'
import { ServedCard } from './served-card.tsx'
import { Timeline } from './timeline.tsx'
import { useArtifact } from './use-artifact.ts'

export function ArtifactPage() {
  const { name = '' } = useRoute().params
  return <OneArtifact key={name} name={name} />
}

function OneArtifact({ name }: { name: string }) {
  const { view, problem } = useArtifact(name)
  const artifact = view.value
  return (
    <>
      <nav class="crumb" aria-label="Where">
        <a href={link('artifacts')}>Artifacts</a>
      </nav>
      <header class="page-head tight">
        <div class="job-title">
          <h1>{name}</h1>
          {artifact !== null && <ConditionPill artifact={artifact} />}
        </div>
        <div class="right">
          <ConnectionNote />
        </div>
      </header>
      {problem.value !== null && (
        <ProblemNote problem={problem.value}>
          <a class="btn" href={link('artifacts')}>
            All artifacts
          </a>
        </ProblemNote>
      )}
      {artifact !== null && <Loaded artifact={artifact} />}
      {artifact === null && problem.value === null && <Loading name={name} />}
    </>
  )
}

function Loaded({ artifact }: { artifact: ArtifactDetail }) {
  const [target, setTarget] = useState<number | null>(null)
  const { word, tone } = conditionLook(artifact)
  useTabSign(`${word} ${artifact.name}`, tone === 'required' ? 'stalled' : tone)
  return (
    <>
      <ConditionBanner artifact={artifact} />
      <div class="two artifact">
        <Timeline artifact={artifact} onMove={setTarget} />
        <div class="side">
          <ServedCard artifact={artifact} />
          <ReadersCard artifact={artifact} />
          <BuiltByCard artifact={artifact} />
        </div>
      </div>
      {target !== null && <RollBackDialog artifact={artifact} to={target} onClose={() => setTarget(null)} />}
      <Announcer sentence={`${artifact.name}: ${word}. ${artifact.reasons.join(' ')}`} urgent={artifact.building === null} />
    </>
  )
}

/** In the shape of the page, so that nothing jumps when it comes. */
function Loading({ name }: { name: string }) {
  useTabSign(name, null)
  return (
    <div role="status" aria-label={`Loading ${name}`} aria-busy="true" class="two artifact">
      <span class="skel" style={{ height: '320px' }} />
      <span class="skel" style={{ height: '200px' }} />
    </div>
  )
}
