// A process that has one of the lives and tells in a file what its user was told. `node live.ts OPTIONS-AS-JSON`.
import { appendFileSync } from 'node:fs'
import { openHoldfast } from '../../../src/index.ts'
import { kindsFor, lives } from './lives.ts'

export interface LiveOptions {
  life: string
  data: string
  /** File of what its user was told, a line each. */
  told: string
  /** Killed at the end, instead of closing. */
  dies: boolean
}

const { life, data, told, dies }: LiveOptions = JSON.parse(process.argv[2] ?? '')
const holdfast = await openHoldfast({ data, kinds: kindsFor(data), runner: true })
await lives[life]?.live(holdfast, (what) => appendFileSync(told, `${what}\n`))
if (dies) process.kill(process.pid, 'SIGKILL')
await holdfast.close()
