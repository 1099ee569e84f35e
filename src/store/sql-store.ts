// Puts the batches behind the port; wiring only.
import { artifactStore } from './artifact-store.ts'
import { claimStore } from './claim-store.ts'
import { jobStore } from './job-store.ts'
import { logStore } from './log-store.ts'
import { runnerStore } from './runner-store.ts'
import type { SqlDatabase } from './sql-database.ts'
import type { Store } from './store.ts'

export function sqlStore(database: SqlDatabase, installationId: string): Store {
  return {
    jobs: jobStore(database),
    claims: claimStore(database),
    logs: logStore(database),
    artifacts: artifactStore(database),
    runners: runnerStore(database),
    trouble: () => database.trouble(),
    installationId,
    onChange: (listener, of = 'lines') => database.onChange(listener, of),
    close: () => database.close(),
  }
}
