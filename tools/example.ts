// `npm run example NAME`: makes sure of what the app needs, then starts it in this process; `-- --port 5000` and the like go to the app.
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
const { run } = (await import(`${exampleFolder(name)}/main.ts`)) as { run(argv: string[]): Promise<void> }
await run(argv)

function usage(): string {
  return `npm run example NAME, where NAME is one of: ${exampleNames().join(', ')}.`
}
