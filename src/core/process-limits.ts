// What bounds a job's processes and their output where its kind says nothing. Data only.
import type { JobSpec } from './job.ts'
import { limits } from './limits.ts'

/** The policy of a job that asks for no bounds; also of jobs of before there were any. */
export const unlimited: Pick<JobSpec, 'output' | 'timeoutMs' | 'limits' | 'leftovers' | 'logBytes' | 'logLimit' | 'stall'> = {
  output: 'split',
  timeoutMs: null,
  limits: {},
  leftovers: 'kill',
  logBytes: limits.logBytes,
  logLimit: 'warn',
  stall: null,
}
