// `npm test`: makes sure of what the tests need, runs them all, and closes with "N passed, N failed".
// `node tools/test.ts src/core` runs only the files under a path; `npm run test:long` (`--long`) those named `*.long.test.ts`.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { testFiles } from './tests/files.ts'
import { prepareTests } from './tests/prepare.ts'
import { closingLines, runTests } from './tests/run-tests.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values, positionals } = parseArgs({ options: { long: { type: 'boolean', default: false } }, allowPositionals: true })
const files = testFiles(root, { only: positionals, long: values.long })
if (files.length === 0) {
  console.error(`No test file under ${positionals.join(', ')}.`)
  process.exit(2)
}

const end = await prepareTests(files)
// Two more than the processors we promise our time on: a file waits for processes, pages and servers a third of its time. The long ones kill, and
// wait for leases: beside fewer.
const outcome = await runTests(files, { root, concurrency: values.long ? 2 : 4 })
await end()
process.exitCode = outcome.failed === 0 ? 0 : 1
process.on('exit', () => {
  for (const line of closingLines(outcome)) console.log(line)
})
