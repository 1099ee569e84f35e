// Publishing: a part of the batch that settles a job. Whether what was built becomes current is core's to say.
import { becomesCurrent } from '../../core/snapshots.ts'
import { number, numberOrNull, string } from '../rows.ts'
import type { Row, Step } from '../sql-database.ts'
import * as statements from '../statements/artifacts.ts'
import type { Fence, JobRecord, NewSnapshot } from '../store.ts'

export interface Publishing {
  writes: Step[]
  /** How the line that tells the end goes on. */
  words: string
}

/** Read before it. */
export function artifactsToPublish(published: readonly NewSnapshot[]): Step {
  return () => (published.length === 0 ? null : statements.artifactsWithCurrent(published.map(({ artifact }) => artifact)))
}

export function lockToPublish(published: readonly NewSnapshot[]): Step {
  return () => (published.length === 0 ? null : statements.lockArtifacts(published.map(({ artifact }) => artifact)))
}

interface ToPublish {
  job: JobRecord
  fence: Fence
  published: readonly NewSnapshot[]
  now: number
}

export function publishing({ job, fence, published, now }: ToPublish, artifactRows: readonly Row[]): Publishing {
  const told: string[] = []
  const writes = published.flatMap((snapshot): Step[] => {
    const { artifact } = snapshot
    const row = artifactRows.find((one) => string(one.name) === artifact)
    const given = row ? number(row.snapshots_made) + 1 : 1
    const isCurrent = becomesCurrent(row ? numberOrNull(row.job_id) : null, job.id)
    told.push(
      isCurrent ? `published ${artifact} ${given}` : `stored ${artifact} ${given}, not current: job ${row?.job_id} was asked for later`,
    )
    const event = { artifact, name: isCurrent ? 'published' : 'stored', number: given, before: row ? numberOrNull(row.number) : null }
    return [
      ...(row ? [] : [statements.ensureArtifact(artifact)]),
      statements.giveNumber(artifact),
      statements.insertSnapshot({ snapshot, number: given, job, attempt: fence.attempt, now }),
      ...(isCurrent ? statements.movePointer(artifact, given, now) : []),
      ...statements.recordEvent({ ...event, by: job.submittedBy, words: null, now }),
    ]
  })
  return { writes, words: told.map((words) => `, ${words}`).join('') }
}
