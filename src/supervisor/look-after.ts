// A runner that claims nothing: it adopts jobs whose runner is gone and settles them. For `up`, `wait` and `logs -f`.
import { openRunner, type Runner } from '../runner/runner.ts'
import type { Instance } from './instance.ts'

export function lookAfter(instance: Instance, jobs: 'all' | readonly number[]): Promise<Runner> {
  return openRunner(instance.house, { kinds: [], slots: 0, adopts: jobs === 'all' ? 'all' : (jobId) => jobs.includes(jobId) })
}
