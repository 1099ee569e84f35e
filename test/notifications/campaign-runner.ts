// One of the processes of the campaign: asks for jobs that fail, runs them and tells of them, until it is killed. `node campaign-runner.ts DATA URL`.
import { defineJob, openHoldfast } from '../../src/index.ts'

const [data = '', url = ''] = process.argv.slice(2)
const bad = defineJob({ kind: 'bad', command: ['sh', '-c', 'echo boom >&2; exit 3'] })
const notify = [{ name: 'ops', type: 'webhook', url }] as const
const holdfast = await openHoldfast({ data, kinds: [bad], notify, runner: true, logger: { info() {}, warn() {}, error() {} } })
const asksForMore = process.env.ASKS === '1'
for (;;) {
  if (asksForMore) await holdfast.submit(bad)
  await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 60))
}
