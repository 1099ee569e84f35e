// Puts the batches behind the port; wiring only.
import { accessStore } from './batches/access-store.ts'
import { artifactStore } from './batches/artifact-store.ts'
import { claimStore } from './batches/claim-store.ts'
import { jobStore } from './batches/job-store.ts'
import { logStore } from './batches/log-store.ts'
import { notificationStore } from './batches/notification-store.ts'
import { overview } from './batches/overview.ts'
import { queueStore } from './batches/queue-store.ts'
import { runnerStore } from './batches/runner-store.ts'
import { scheduleStore } from './batches/schedule-store.ts'
import type { SqlDatabase } from './sql-database.ts'
import type { Store } from './store.ts'

export function sqlStore(database: SqlDatabase, installationId: string): Store {
  return {
    jobs: jobStore(database),
    claims: claimStore(database),
    queues: queueStore(database),
    schedules: scheduleStore(database),
    logs: logStore(database),
    artifacts: artifactStore(database),
    notifications: notificationStore(database),
    runners: runnerStore(database),
    access: accessStore(database),
    overview: overview(database),
    trouble: () => database.trouble(),
    installationId,
    onChange: (listener, of = 'lines') => database.onChange(listener, of),
    close: () => database.close(),
  }
}
