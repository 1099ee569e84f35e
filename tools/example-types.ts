// The last part of `npm run types`: each example with a lockfile of its own against its own packages. Those that are not installed
// are left out, and named; with `--all`, as CI asks, they are installed first.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { exampleFolder, exampleNames, isApart, isInstalled, prepareExample } from './examples.ts'

const tsc = fileURLToPath(new URL('../node_modules/.bin/tsc', import.meta.url))
const apart = exampleNames().filter((name) => isApart(exampleFolder(name)))
if (process.argv.includes('--all')) for (const name of apart) prepareExample(exampleFolder(name))

const left = apart.filter((name) => !isInstalled(exampleFolder(name)))
if (left.length > 0) console.log(`Types not looked at, for these are not installed (npm run example NAME): ${left.join(', ')}`)
for (const name of apart) {
  if (left.includes(name)) continue
  if (spawnSync(tsc, ['-p', exampleFolder(name)], { stdio: 'inherit' }).status !== 0) process.exitCode = 1
}
