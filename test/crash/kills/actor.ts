// A process that opens a data folder and does what it is told: `node actor.ts OPTIONS-AS-JSON`, then messages.
import { appendFileSync } from 'node:fs'
import { openHoldfast } from '../../../src/index.ts'
import { kinds } from './kinds.ts'

export interface ActorOptions {
  data: string
  /** False: it only submits, as a web app beside a runner does. */
  runner: false | { slots: number }
}

/** Submits one job, or one after the other and writes each number down once it was acknowledged. */
export type Told = { submit: { kind: string; script: string } } | { submitOn: { script: string; acknowledged: string } }

export type Says = 'open' | { submitted: number }

const { data, runner }: ActorOptions = JSON.parse(process.argv[2] ?? '')
const holdfast = await openHoldfast({ data, kinds, runner, logger: { info() {}, warn: console.error, error: console.error } })
const say = (what: Says) => process.send?.(what)
process.on('message', async (told: Told) => {
  if ('submit' in told) {
    const { kind, script } = told.submit
    return say({ submitted: (await holdfast.submit(kind, { script })).job.id })
  }
  const { script, acknowledged } = told.submitOn
  for (;;) appendFileSync(acknowledged, `${(await holdfast.submit('shell', { script })).job.id}\n`)
})
// Whoever started it is gone: nobody tells it anything any more.
process.on('disconnect', () => process.exit())
say('open')
