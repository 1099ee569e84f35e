// The package better-sqlite3 for the tests, from a folder and a lock file of its own: in the repository's own, `npm ci` would want a compiler for it.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** What the tests use of it. It brings no types. */
export interface BetterSqlite {
  prepare(text: string): { all(...values: unknown[]): unknown[]; pluck(): { all(): unknown[] } }
  exec(text: string): this
  close(): this
}

const folder = fileURLToPath(new URL('./better-sqlite3/', import.meta.url))

/** Fetched from the registry where it is not there yet; its programs for the usual machines are in the package. */
export function openBetterSqlite(): new (file: string, options?: { timeout?: number }) => BetterSqlite {
  if (!existsSync(`${folder}node_modules/better-sqlite3`)) {
    console.log('Fetching better-sqlite3 for the tests …')
    spawnSync('npm', ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  return createRequire(`${folder}package.json`)('better-sqlite3')
}
