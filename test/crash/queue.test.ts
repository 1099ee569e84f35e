// I1–I6, and that nothing is overtaken: processes play with one database at random while others of them are killed or frozen, and an offline checker
// finds nothing to say. A slice, on SQLite; Postgres and the checker's own proof are in queue.long.test.ts, the campaign is `npm run test:queue`.
import { test } from 'node:test'
import { assertNothingBroken, campaign, seconds } from './queue/slice.ts'

test(`I1 I2 I3 I4 I5 I6 I7: ${seconds} s of kill -9 among processes on SQLite`, { timeout: 900_000 }, async () => {
  assertNothingBroken(await campaign({}))
})
