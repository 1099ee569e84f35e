// The campaign's module job: what the shell ones do, in a process of Node.
import { appendFileSync, closeSync, openSync } from 'node:fs'
import type { JobContext } from '../../../src/job.ts'
import { type Asked, openFiles } from './kinds.ts'

export default async ({ id, attempt, input }: JobContext<Asked & Record<string, never>>): Promise<void> => {
  const say = (what: string, code = '') => appendFileSync(process.env.STAMPS ?? '', `${what} ${id} ${attempt} ${process.pid} ${code}\n`)
  say('start')
  runOutOfFiles()
  for (let line = 1; line <= input.lines; line++) {
    console.log(`${id}.${attempt} line ${line}`)
    if (line % 3 === 0) console.error(`${id}.${attempt} note ${line}`)
  }
  say('stop', '0')
}

// Its limit bites: not so many can be open.
function runOutOfFiles(): void {
  const opened: number[] = []
  try {
    while (opened.length < openFiles) opened.push(openSync('/dev/null', 'r'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EMFILE') return
    throw error
  } finally {
    for (const descriptor of opened) closeSync(descriptor)
  }
  throw new Error(`${opened.length} files could be opened, and that many are not allowed`)
}
