// A data folder and its database stay together.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/contract/temporary.ts'
import { type Bound, bindFolder } from './bind-folder.ts'

const root = temporaryFolder('bind-folder')
const sqlite: Bound = { kind: 'sqlite', installationId: 'a' }
const postgres: Bound = { kind: 'postgres', installationId: 'b' }

function folder(name: string): string {
  const path = join(root, name)
  mkdirSync(path)
  return path
}

test('a folder goes on with the database it began with; a SQLite file may be put back or begun anew', () => {
  const one = folder('one')
  for (const bound of [sqlite, sqlite, { ...sqlite, installationId: 'restored' }]) bindFolder(one, bound)
  const other = folder('other')
  for (const bound of [postgres, postgres]) bindFolder(other, bound)
})

test('I4, I12: another database is refused, with what to do: its jobs are not the ones whose files are here', () => {
  const refused = { code: 'data_folder', message: /Choose another folder/ }
  const ofSqlite = folder('sqlite')
  bindFolder(ofSqlite, sqlite)
  assert.throws(() => bindFolder(ofSqlite, postgres), refused)
  const ofPostgres = folder('postgres')
  bindFolder(ofPostgres, postgres)
  assert.throws(() => bindFolder(ofPostgres, { ...postgres, installationId: 'c' }), refused)
  assert.throws(() => bindFolder(ofPostgres, sqlite), { code: 'data_folder', message: /HOLDFAST_DATABASE/ })
})
