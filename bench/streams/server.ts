// The server of bench:streams: a real one, with one kind of job that prints lines with the instant of each. Runs in a folder where `holdfast` is found.
// Reads words from its input: `start` submits the job and answers with its number, `end` cancels it and closes.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { defineJob, openHoldfast } from 'holdfast'
import { createHandler, listen } from 'holdfast/http'

const [data, linesPerSecond] = process.argv.slice(2)
if (data === undefined || linesPerSecond === undefined) throw new Error('server.ts DATA LINES_PER_SECOND')

/** Prints what is due every few milliseconds, so that a late timer makes no line fewer. */
const chatty = `const beganAt = Date.now()
let printed = 0
setInterval(() => {
  const due = Math.floor((Date.now() - beganAt) * ${Number(linesPerSecond)} / 1000)
  let text = ''
  for (; printed < due; printed++) text += (performance.timeOrigin + performance.now()).toFixed(1) + ' a line of a job that has something to say\\n'
  if (text !== '') process.stdout.write(text)
}, 4)`
const chat = defineJob({ kind: 'chat', command: [process.execPath, '-e', chatty], stopGraceMs: 1_000 })

const holdfast = await openHoldfast({ kinds: [chat], data, runner: true })
const server = await listen(createHandler(holdfast).fetch, { port: 0 })
console.log(server.port)
let id = 0
for await (const word of createInterface(process.stdin)) {
  if (word === 'start') {
    id = (await holdfast.submit(chat)).job.id
    console.log(id)
  } else if (word === 'end') {
    await holdfast.cancel(id)
    await holdfast.wait(id)
    await server.close()
    await holdfast.close()
    process.exit()
  }
}
await once(process.stdin, 'close')
