// The campaign's module job: what the shell ones do, in a process of Node.
import { appendFileSync } from 'node:fs'
import type { JobContext } from '../../../src/job.ts'
import type { Asked } from './kinds.ts'

export default async ({ id, attempt, input }: JobContext<Asked & Record<string, never>>): Promise<void> => {
  const say = (what: string, code = '') => appendFileSync(process.env.STAMPS ?? '', `${what} ${id} ${attempt} ${process.pid} ${code}\n`)
  say('start')
  for (let line = 1; line <= input.lines; line++) {
    console.log(`${id}.${attempt} line ${line}`)
    if (line % 3 === 0) console.error(`${id}.${attempt} note ${line}`)
  }
  say('stop', '0')
}
