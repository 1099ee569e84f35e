// What the banner says of an artifact, or of a kind whose artifacts are required. Pure.
import type { ArtifactView, KindActivity } from '../../client/index.ts'
import { shortTime } from '../../views/format.ts'

export interface RequiredLook {
  state: 'required' | 'building'
  title: string
  lines: string[]
  /** Job that builds it now. */
  building: number | null
}

/** Null: nothing is required. */
export function requiredLook(artifacts: readonly ArtifactView[], kind: KindActivity | null, now: number): RequiredLook | null {
  const building = artifacts.find((artifact) => artifact.building !== null && (artifact.required || artifact.anotherRequired))
  if (building?.building != null) return buildingLook(building, building.building, now)
  const required = artifacts.filter((artifact) => artifact.required)
  if (required.length === 0) return null
  const what = kind?.title ?? required.map(({ name }) => name).join(', ')
  return { state: 'required', title: `${what} required`, lines: required.flatMap(({ reasons }) => reasons), building: null }
}

function buildingLook(
  { name, anotherRequired, reasons }: ArtifactView,
  build: NonNullable<ArtifactView['building']>,
  now: number,
): RequiredLook {
  const title = `Building ${name} since ${shortTime(build.submittedAt, now)}`
  const another = 'Another one will be required when this one has finished.'
  return { state: 'building', title, lines: anotherRequired ? [...reasons, another] : reasons, building: build.jobId }
}
