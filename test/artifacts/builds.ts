// What the tests of a build share: kinds with one artifact whose jobs are a script of the moment.
import { defineJob, type Holdfast, type JobDefinition, type JobOptions } from '../../src/index.ts'
import { settled } from '../contract/opened.ts'

export interface Build {
  script: string
}

/** A kind whose script works in the folder of its one artifact. */
export function building(kind: string, given: Partial<JobOptions<Build>> = {}): JobDefinition<Build> {
  return defineJob<Build>({
    kind,
    artifacts: ['index'],
    command: ({ script }) => ['sh', '-c', `cd "$HOLDFAST_STAGING/index"; ${script}`],
    fingerprint: ({ script }) => script,
    stopGraceMs: 300,
    ...given,
  })
}

/** The job that ran this script, once it is settled. */
export async function built(holdfast: Holdfast, kind: JobDefinition<Build>, script: string) {
  return settled(holdfast, (await holdfast.submit(kind, { script })).job.id)
}
