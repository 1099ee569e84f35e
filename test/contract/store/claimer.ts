// A process that claims everything there is on a folder, and prints the numbers: `node claimer.ts FOLDER NAME [DATABASE]`.
import { openStore } from '../../../src/store/open-store.ts'

const [folder = '', runnerId = '', database] = process.argv.slice(2)
const store = await openStore({
  folder,
  ...(database ? { database } : {}),
  clock: { now: () => 1, sleep: async () => {}, every: () => () => {} },
})
const place = { runnerId, hostId: 'host', bootId: 'boot' }
// All begin together, when the tester has seen everybody ready.
process.stdout.write('ready\n')
await new Promise((resolve) => process.stdin.once('data', resolve))
process.stdin.destroy()
for (;;) {
  const { claimed, again } = await store.claims.claim({ place, kinds: ['rebuild'], limit: 2, leaseUntil: 1_000, now: 2 })
  if (claimed.length === 0 && !again) break
  for (const { job } of claimed) process.stdout.write(`${job.id}\n`)
}
await store.close()
