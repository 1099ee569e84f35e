// `npm run example NAME`: makes sure of what the app needs, then becomes it; `-- --port 5000` and the like go to the app. `npm start` is recommend.
import { join } from 'node:path'
import { ensureDashboard } from './dashboard.ts'
import { exampleFolder, exampleNames, prepareExample } from './examples.ts'

const [name = '', ...argv] = process.argv.slice(2)

try {
  if (!exampleNames().includes(name)) throw new Error(`${name === '' ? 'Which example?' : `There is no example “${name}”.`} ${usage()}`)
  prepareExample(exampleFolder(name))
  ensureDashboard()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
// The app is the program then: it has this pid, to be killed by, and its own arguments. (Windows cannot do that, and Holdfast is not for Windows.)
const program = join(exampleFolder(name), 'main.ts')
process.execve?.(process.execPath, [process.execPath, '--conditions=holdfast-source', program, ...argv], process.env)

function usage(): string {
  return `npm run example NAME, where NAME is one of: ${exampleNames().join(', ')}.`
}
