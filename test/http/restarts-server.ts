// A server on one folder and port, which the test of restarts kills and starts again. Says `ready` when it listens.
import { createHandler, listen } from '../../src/http/index.ts'
import { defineJob, openHoldfast } from '../../src/index.ts'

const [data, port] = process.argv.slice(2)
if (data === undefined || port === undefined) throw new Error('restarts-server.ts DATA PORT')

/** Numbers lines until a file is there: quickly, slowly, and on both streams. */
const script = `i=0; until [ -e "$GATE" ]; do
  i=$((i+1)); echo line $i; [ $((i % 7)) -ne 0 ] || echo error $i >&2; [ $((i % 10)) -ne 0 ] || sleep 0.05
done; printf last`
const count = defineJob({ kind: 'count', command: ['sh', '-c', script], environment: { GATE: `${data}/gate` }, unique: true })
const holdfast = await openHoldfast({ kinds: [count], data, runner: true })
const server = await listen(createHandler(holdfast).fetch, { port: Number(port), strictPort: true })
console.log(`ready ${server.port}`)
