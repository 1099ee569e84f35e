// Which database a data folder belongs to, remembered in the folder: with another one, its files would be taken for nobody's, or for somebody else's.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HoldfastError } from '../core/errors.ts'

export interface Bound {
  kind: 'sqlite' | 'postgres'
  /** Of the database. SQLite's changes when the folder is copied; it is in the folder anyway. */
  installationId: string
}

/** @throws HoldfastError `data_folder` when it belongs to another database */
export function bindFolder(root: string, bound: Bound): void {
  const file = join(root, 'database.json')
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Bound) : null
  if (before && before.kind !== bound.kind) throw belongsElsewhere(root, before.kind)
  if (before && bound.kind === 'postgres' && before.installationId !== bound.installationId)
    throw belongsElsewhere(root, 'another postgres')
  if (JSON.stringify(before) !== JSON.stringify(bound)) writeWhole(file, `${JSON.stringify(bound)}\n`)
}

// Whoever is killed in the middle leaves the old one, or none.
function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, file)
}

function belongsElsewhere(root: string, what: Bound['kind'] | 'another postgres'): HoldfastError {
  const names = {
    sqlite: 'the SQLite database in it',
    postgres: 'a Postgres database',
    'another postgres': 'another Postgres database or schema',
  }
  const how = what === 'sqlite' ? 'leave HOLDFAST_DATABASE and database out' : 'name that one in HOLDFAST_DATABASE'
  return new HoldfastError('data_folder', `The data folder ${root} belongs to ${names[what]}. Choose another folder, or ${how}.`)
}
