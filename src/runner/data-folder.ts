// Where things are in a data folder. Names only; `makeDataFolder` is the one thing that touches the disk.
import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HoldfastError } from '../core/errors.ts'

export interface DataFolder {
  root: string
  attempts: string
  /** Environments of `holdfast run`, one 0600 file each, until their job has settled. */
  environments: string
  runners: string
  snapshots: string
  /** One link per artifact to its current snapshot, for readers in other languages. */
  current: string
}

export function dataFolder(root: string): DataFolder {
  const under = (name: string) => join(root, name)
  return {
    root,
    attempts: under('attempts'),
    environments: under('environments'),
    runners: under('runners'),
    snapshots: under('snapshots'),
    current: under('current'),
  }
}

/** @throws HoldfastError `data_folder` when it cannot be made or written */
export function makeDataFolder(root: string): DataFolder {
  const folder = dataFolder(root)
  try {
    for (const path of Object.values(folder)) makeFolder(path)
    accessSync(root, constants.W_OK)
  } catch (cause) {
    const why = cause instanceof Error ? ` (${'code' in cause ? cause.code : cause.message})` : ''
    throw new HoldfastError('data_folder', `The data folder ${root} cannot be made or written${why}.`, { cause })
  }
  return folder
}

// Not `recursive`: Node never comes back from that where a parent cannot have children, as under /proc.
function makeFolder(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat?.isDirectory()) return void accessSync(path, constants.X_OK)
  if (stat) throw new Error(`${path} is not a folder`)
  if (dirname(path) !== path) makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process that opens the same folder for the first time was faster.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}
