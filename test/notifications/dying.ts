// A process whose job fails, and that is killed at one moment between that and having told it. `node dying.ts DATA URL MOMENT`.
import { defineJob, openHoldfast } from '../../src/index.ts'

const [data = '', url = '', moment = ''] = process.argv.slice(2)
const die = () => process.kill(process.pid, 'SIGKILL')

const { fetch } = globalThis
globalThis.fetch = async (...request) => {
  if (moment === 'claimed, before it is sent') die()
  const response = await fetch(...request)
  if (moment === 'sent, before that is written down') die()
  return response
}

const bad = defineJob({ kind: 'bad', command: ['sh', '-c', 'echo boom >&2; exit 3'] })
const info = (told: string) => {
  // Said in the turn of the event loop in which the end was stored.
  if (moment === 'settled, before anybody looked' && told === 'job 1 failed') die()
}
const notify = [{ name: 'ops', type: 'webhook', url, secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` }] as const
const holdfast = await openHoldfast({ data, kinds: [bad], notify, runner: true, logger: { info, warn() {}, error() {} } })
await holdfast.submit(bad)
// Whoever gets so far was not killed.
setTimeout(() => process.exit(0), 20_000)
