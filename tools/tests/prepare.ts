// What the tests need before the first of them begins: what is built, installed and started once for all files.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBetterSqlite } from '../better-sqlite3.ts'
import { ensureChromium } from '../chromium.ts'
import { ensureDashboard } from '../dashboard.ts'
import { exampleFolder, prepareExample } from '../examples.ts'
import { startCluster } from '../postgres.ts'
import { ensurePython } from '../python.ts'

/** Says in the environment where things are. Call what it returns when the tests are over. */
export async function prepareTests(files: readonly string[]): Promise<() => Promise<void>> {
  ensureDashboard()
  ensureChromium()
  openBetterSqlite()
  process.env.PYTHON = ensurePython()
  // An example installs what it needs when its tests are among those asked for.
  for (const name of new Set(files.map((file) => file.match(/^examples\/([^/]+)\//)?.[1]))) {
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
  return async () => {
    await cluster.remove()
    rmSync(compiled, { recursive: true, force: true })
  }
}
