// How many inline jobs that do nothing go through one process a second: submitted, claimed, run and settled, on SQLite with synchronous=FULL.
// Usage: npm run bench:inline -- [--jobs=2000] [--slots=1,10,50]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { defineJob, openHoldfast } from '../src/index.ts'
import { machineLine } from './machine.ts'
import { fixed, table } from './report.ts'

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '2000' },
    slots: { type: 'string', default: '1,10,50' },
  },
})
const jobs = Number(values.jobs)
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-inline-'))
try {
  console.log(`${machineLine(folder)}\n`)
  const rows: string[][] = []
  for (const slots of values.slots.split(',').map(Number)) rows.push(await measure(slots))
  console.log(table(['slots', 'submitted a second', 'run a second', 'processor ms a job'], rows))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

// Submitted first, while nobody runs them: what is measured then is claim, run and finish.
async function measure(slots: number): Promise<string[]> {
  const data = join(folder, String(slots))
  let left = jobs
  const done = Promise.withResolvers<void>()
  const nothing = defineJob<unknown>({
    kind: 'nothing',
    run() {
      left--
    },
  })
  const queueing = await openHoldfast({ data, kinds: [nothing], runner: false })
  const submitAt = performance.now()
  for (let at = 0; at < jobs; at += 1_000)
    await queueing.submitMany(Array.from({ length: Math.min(1_000, jobs - at) }, () => ({ kind: nothing })))
  const submitted = performance.now() - submitAt
  const [before, runAt] = [process.cpuUsage(), performance.now()]
  const running = await openHoldfast({ data, kinds: [nothing], runner: { slots } })
  running.onChange(async () => {
    if (left === 0 && (await running.count()).succeeded === jobs) done.resolve()
  })
  await done.promise
  const ran = performance.now() - runAt
  const used = process.cpuUsage(before)
  await running.close()
  await queueing.close()
  const perSecond = (ms: number) => fixed((jobs * 1_000) / ms, 0)
  return [String(slots), perSecond(submitted), perSecond(ran), fixed((used.user + used.system) / 1_000 / jobs, 2)]
}
