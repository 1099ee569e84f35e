// Builds the dashboard and the page elements when what it is made from is newer than what was built. Nothing to do: nothing is started.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
// One of each build: `npm run build:elements` alone makes only the second one new.
const built = ['dashboard/dist/index.html', 'dashboard/dist/elements.js']
const madeFrom = [
  'dashboard/src',
  'dashboard/index.html',
  'dashboard/vite.config.ts',
  'dashboard/vite.elements.config.ts',
  'src/client',
  'src/views',
  'src/live',
  'src/elements',
  'package-lock.json',
]

/** @throws Error with Vite's own words when the build fails */
export function ensureDashboard(): void {
  const builtAt = Math.min(...built.map((path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0))
  if (madeFrom.every((path) => newestUnder(join(root, path)) <= builtAt)) return
  const vite = join(dirname(fileURLToPath(import.meta.resolve('vite/package.json'))), 'bin/vite.js')
  for (const config of ['vite.config.ts', 'vite.elements.config.ts']) {
    const build = spawnSync(process.execPath, [vite, 'build', '--config', config, '--logLevel', 'warn'], {
      cwd: join(root, 'dashboard'),
      encoding: 'utf8',
    })
    if (build.status !== 0) throw new Error(`The dashboard could not be built:\n${build.stdout}${build.stderr}`)
  }
}

function newestUnder(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return stat?.mtimeMs ?? 0
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((entry) => newestUnder(join(path, entry))))
}
