// Runs the test files of a folder as `npm test` runs ours: node run-folder.ts FOLDER FILE …
import { closingLines, runTests } from '../../tools/tests/run-tests.ts'

const [root = '', ...files] = process.argv.slice(2)
for (const line of closingLines(await runTests(files, { root, concurrency: 2 }))) console.log(line)
