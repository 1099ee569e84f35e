// The one data folder rule, for library, CLI and `npm start`: HOLDFAST_DATA, else the nearest ./.holdfast upwards, else what the caller falls back to.
import { statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'

export interface FindOptions {
  /** Named by the caller (`data`, `--data`); wins. */
  named?: string | undefined
  cwd: string
  environment: NodeJS.ProcessEnv
  /** Where to go when nothing is found: a folder here, or the user's state folder. */
  fallback: 'here' | 'state'
}

/** Absolute path of the data folder, which may not exist yet. */
export function findDataFolder({ named, cwd, environment, fallback }: FindOptions): string {
  const chosen = named ?? environment.HOLDFAST_DATA
  if (chosen !== undefined && chosen !== '') return resolve(cwd, chosen)
  return nearestUpwards(cwd) ?? (fallback === 'here' ? join(cwd, folderName) : stateFolder(environment))
}

/**
 * Absolute path of the data folder that `openHoldfast` opens, which may not exist yet: for kinds whose jobs are told where the app's own files in it are.
 *
 * @example const films = join(dataFolder(), 'films')
 */
export function dataFolder(data?: string): string {
  return findDataFolder({ named: data, cwd: process.cwd(), environment: process.env, fallback: 'here' })
}

const folderName = '.holdfast'

function nearestUpwards(from: string): string | null {
  const candidate = join(from, folderName)
  if (statSync(candidate, { throwIfNoEntry: false })?.isDirectory()) return candidate
  const parent = dirname(from)
  return parent === from ? null : nearestUpwards(parent)
}

// The XDG base directory specification: a relative path is to be ignored.
function stateFolder(environment: NodeJS.ProcessEnv): string {
  const named = environment.XDG_STATE_HOME
  return join(named && isAbsolute(named) ? named : join(homedir(), '.local', 'state'), 'holdfast')
}
