// The suites of the queue once more, on Postgres. `npm test` has them on SQLite, and what differs between databases in test/contract/store.
process.env.QUEUE_DATABASE = 'postgres'

await import('./dependencies.test.ts')
await import('./locks.test.ts')
await import('./retention.test.ts')
await import('./retries.test.ts')
await import('./schedules.test.ts')

export {}
