// `npm test`: makes sure of what the tests need, runs them all, and closes with "N passed, N failed".
// `node tools/test.ts src/core` runs only the files under a path.
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { fileURLToPath } from 'node:url'
import { openBetterSqlite } from './better-sqlite3.ts'
import { ensureChromium } from './chromium.ts'
import { ensureDashboard } from './dashboard.ts'
import { exampleFolder, prepareExample } from './examples.ts'
import { startCluster } from './postgres.ts'
import { ensurePython } from './python.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = ['src', 'test', 'examples', 'dashboard']
const only = process.argv.slice(2)

const files = folders
  .flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] }))
  .filter((file) => only.length === 0 || only.some((path) => file.startsWith(path)))
  .map((file) => join(root, file))
if (files.length === 0) {
  console.error(`No test file under ${only.join(', ')}.`)
  process.exit(2)
}

ensureDashboard()
ensureChromium()
openBetterSqlite()
process.env.PYTHON = ensurePython()
// An example installs what it needs when its tests are among those asked for.
for (const name of new Set(files.map((file) => relative(root, file).match(/^examples\/([^/]+)\//)?.[1]))) {
  if (name !== undefined) prepareExample(exampleFolder(name))
}
// One server for all files; it is gone with this process. Whoever restarts one starts his own.
const cluster = await startCluster()
process.env.HOLDFAST_TEST_POSTGRES = cluster.address
// Our tests are about runners; an app's own get none by accident.
process.env.HOLDFAST_RUNNER = 'on'
// The sources are stripped of their types and compiled once, not in each of the thousand processes that the tests start.
const compiled = mkdtempSync(join(tmpdir(), 'holdfast-compiled-'))
process.env.NODE_COMPILE_CACHE = compiled

const counts = { passed: 0, failed: 0 }
// One more than the two processors we promise our time on: a file waits for processes, pages and servers a fifth of its time.
const tests = run({ files, concurrency: 2, execArgv: ['--conditions=holdfast-source'], timeout: 300_000 })
tests.on('test:pass', ({ details }) => {
  if (details.type !== 'suite') counts.passed++
})
tests.on('test:fail', ({ details }) => {
  // A suite fails with its tests, which are counted; or by itself, and then none of them was run.
  const isByItself = (details.error as { failureType?: string }).failureType !== 'subtestsFailed'
  if (details.type !== 'suite' || isByItself) counts.failed++
})
const durations: { file: string; ms: number }[] = []
tests.on('test:summary', ({ file, duration_ms }) => {
  if (file) durations.push({ file: relative(root, file), ms: duration_ms })
})
tests.compose(spec).pipe(process.stdout, { end: false })
tests.on('end', async () => {
  await cluster.remove()
  rmSync(compiled, { recursive: true, force: true })
  process.exitCode = counts.failed === 0 ? 0 : 1
  const slowest = durations.toSorted((a, b) => b.ms - a.ms).slice(0, 16)
  process.on('exit', () => {
    console.log(`Slowest files: ${slowest.map(({ file, ms }) => `${file} ${(ms / 1000).toFixed(1)} s`).join(', ')}`)
    console.log(`${counts.passed} passed, ${counts.failed} failed`)
  })
})
