// The example apps: which there are, and what each needs before it can start. Only `recommend` is set up by `npm ci` at the root:
// the others have a lockfile of their own, so that nobody downloads what he does not look at.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installDebian } from './debian.ts'

const root = fileURLToPath(new URL('../examples', import.meta.url))

export const exampleFolder = (name: string): string => join(root, name)

export function exampleNames(): string[] {
  return globSync('*/package.json', { cwd: root }).map(dirname).sort()
}

/** Has a lockfile of its own, so that `npm ci` at the root does not set it up. */
export const isApart = (folder: string): boolean => existsSync(join(folder, 'package-lock.json'))

/** Nothing is started where all is there. @throws Error with one sentence that says what is missing */
export function prepareExample(folder: string, install = installDebian): void {
  if (isApart(folder) && !isInstalled(folder)) installPackages(folder)
  installPrograms(folder, install)
}

/** By the lockfile's text, not its age: a checkout makes files new that have not changed. */
export function isInstalled(folder: string): boolean {
  const path = stampOf(folder)
  return existsSync(path) && readFileSync(path, 'utf8') === lockOf(folder)
}

function installPackages(folder: string): void {
  console.log(`Installing what ${nameOf(folder)} needs …`)
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, encoding: 'utf8' })
  if (npm.status !== 0) throw new Error(`npm ci in ${folder} failed: ${npm.error?.message ?? `${npm.stdout}${npm.stderr}`.trim()}`)
  writeFileSync(stampOf(folder), lockOf(folder))
}

/** `holdfastExample.debian` of its package.json: Debian's name of a package → a command on the PATH, or a path, that comes with it. */
function installPrograms(folder: string, install: typeof installDebian): void {
  const { holdfastExample } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { holdfastExample?: { debian?: Programs } }
  const programs = holdfastExample?.debian ?? {}
  const missing = missingOf(programs)
  if (missing.length === 0) return
  install(missing, nameOf(folder))
  const still = missingOf(programs)
  if (still.length === 0) return
  const found = still.map((name) => `${programs[name]} (Debian: ${name})`).join(' and ')
  throw new Error(`The example ${nameOf(folder)} needs ${found}: install it, or start this once as root.`)
}

type Programs = Record<string, string>

function missingOf(programs: Programs): string[] {
  const places = (process.env.PATH ?? '').split(':')
  const isThere = (wanted: string) =>
    wanted.startsWith('/') ? existsSync(wanted) : places.some((place) => existsSync(join(place, wanted)))
  return Object.keys(programs).filter((name) => !isThere(programs[name] ?? ''))
}

const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf('/') + 1)

const stampOf = (folder: string): string => join(folder, 'node_modules/.installed-lock')

const lockOf = (folder: string): string =>
  createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex')
