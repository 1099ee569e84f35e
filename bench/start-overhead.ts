// What Holdfast costs when a command is started, over a bare detached spawn of `sh -c`, both in one run and in turns.
// Usage: npm run bench:start -- [--rounds=200] [--commands=100]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { defineJob, openHoldfast } from 'holdfast'
import { watchFirstInstruction } from './first-instruction.ts'
import { machineLine } from './machine.ts'
import { reportStarts } from './start-latency.ts'
import { reportThroughput } from './start-throughput.ts'
import { traceStarts } from './start-trace.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '200' }, commands: { type: 'string', default: '100' } } })
const newTrace = traceStarts()
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
const first = await watchFirstInstruction(folder)
const firstInstruction = defineJob({ kind: 'first-instruction', command: first.argv })
const greeting = defineJob({ kind: 'greeting', command: ['/bin/sh', '-c', 'echo hello'] })
const holdfast = await openHoldfast({ kinds: [firstInstruction, greeting], data: join(folder, 'data'), runner: { slots: 2 } })
try {
  console.log(`${machineLine(folder)}\n`)
  await reportStarts({ holdfast, kind: firstInstruction, first, newTrace, folder }, Number(values.rounds))
  await reportThroughput({ holdfast, kind: greeting, folder }, Number(values.commands))
} finally {
  await holdfast.close()
  await first.close()
  rmSync(folder, { recursive: true, force: true })
}
