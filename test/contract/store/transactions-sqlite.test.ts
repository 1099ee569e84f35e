// A batch inside the caller's own transaction of SQLite: there if and when he commits, told then, and refused where it could not be so.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import sql from 'sql-template-tag'
import { openStore } from '../../../src/store/open-store.ts'
import { callersSqlite, type Library, nodeSqlite } from '../../../src/store/sqlite/library.ts'
import { openSqlite } from '../../../src/store/sqlite/sqlite.ts'
import { openBetterSqlite } from '../../../tools/better-sqlite3.ts'
import { temporaryFolder, until } from '../temporary.ts'
import { add, clock, names, neverThenThere, rings, things } from './transactions.ts'

const Sqlite = openBetterSqlite()

async function openFile(name: string, library: Library) {
  const folder = temporaryFolder(name)
  const file = join(folder, 'holdfast.db')
  const database = await openSqlite(file, { library })
  await database.migrate(({ run }) => run(things))
  return { folder, file, database }
}

const better = callersSqlite(new Sqlite(':memory:'))
assert.ok(better)
const handles = [
  { library: nodeSqlite, open: (file: string) => new DatabaseSync(file) },
  { library: better.library, open: (file: string) => new Sqlite(file) },
]

for (const { library, open } of handles) {
  const { name } = library
  describe(`in a transaction of ${name}`, () => {
    test('I1: committed, it is there and told; rolled back, it never was', async () => {
      const { database, file } = await openFile('within', library)
      const handle = open(file)
      handle.exec('create table orders (name text); begin immediate')
      handle.exec(`insert into orders values ('a')`)
      assert.deepEqual(await database.batchWithin(add('never'), handle), { id: 1, big: Number.MAX_SAFE_INTEGER })
      handle.exec('rollback')
      assert.deepEqual(await names(database), [])
      const heard = rings(database)
      handle.exec('begin')
      await database.batchWithin(add('a'), handle)
      assert.deepEqual(await names(database), [], 'not before the commit')
      handle.exec('commit')
      await until('it is told', () => heard.count > 0)
      assert.deepEqual(await names(database), ['a'])
      handle.close()
      await database.close()
    })

    test('it runs before the call returns: a transaction that is over at once has it in it', async () => {
      const { database, file } = await openFile('at-once', library)
      const handle = open(file)
      handle.exec('begin')
      const added = database.batchWithin(add('a'), handle)
      handle.exec('commit')
      assert.equal((await added).id, 1)
      assert.deepEqual(await names(database), ['a'])
      handle.close()
      await database.close()
    })

    test('without a transaction, on another file and in memory it is refused, and says what to do', async () => {
      const { database, file, folder } = await openFile('refused', library)
      const handle = open(file)
      await assert.rejects(database.batchWithin(add('a'), handle), { code: 'invalid_request', message: /BEGIN IMMEDIATE/ })
      handle.close()
      for (const other of [join(folder, 'other.db'), ':memory:']) {
        const elsewhere = open(other)
        elsewhere.exec('begin')
        await assert.rejects(database.batchWithin(add('a'), elsewhere), { code: 'invalid_request', message: /holdfast\.db/ })
        elsewhere.close()
      }
      await assert.rejects(database.batchWithin(add('a'), {}), { code: 'invalid_request', message: new RegExp(`handle of ${name}`) })
      assert.deepEqual(await names(database), [])
      await database.close()
    })

    test('a batch that fails leaves his transaction as it was', async () => {
      const { database, file } = await openFile('fails', library)
      const handle = open(file)
      handle.exec('begin')
      await database.batchWithin(add('a'), handle)
      const fails = { reads: [], decide: () => ({ writes: [sql`insert into things (name) values ('b'), ('a')`], answer: () => 0 }) }
      await assert.rejects(database.batchWithin(fails, handle), /UNIQUE/)
      await database.batchWithin(add('c'), handle)
      handle.exec('commit')
      assert.deepEqual(await names(database), ['a', 'c'])
      handle.close()
      await database.close()
    })

    test('the same file by another path is the same; one that another process holds is busy', async () => {
      const { database, file, folder } = await openFile('path', library)
      const [handle, other] = [open(join(folder, '.', 'holdfast.db')), open(file)]
      handle.exec('pragma busy_timeout = 0')
      other.exec('begin immediate')
      handle.exec('begin')
      await assert.rejects(database.batchWithin(add('a'), handle), { code: 'database_busy', retryable: true })
      handle.exec('rollback')
      other.exec('rollback')
      handle.close()
      other.close()
      await database.close()
    })
  })
}

test('I1: a handle of another copy of SQLite is refused: neither would see the other’s locks', async () => {
  const ours = await openFile('node', nodeSqlite)
  // Never opened on our file, not even here: closing it would drop our locks.
  const theirs = new Sqlite(join(ours.folder, 'other.db'))
  theirs.exec('begin')
  await assert.rejects(ours.database.batchWithin(add('a'), theirs), { code: 'invalid_request', message: /database: handle/ })
  theirs.close()
  await ours.database.close()
  const second = await openFile('better', better.library)
  const node = new DatabaseSync(join(second.folder, 'other.db'))
  node.exec('begin')
  await assert.rejects(second.database.batchWithin(add('a'), node), { code: 'invalid_request', message: /handle of better-sqlite3/ })
  node.close()
  await second.database.close()
})

describe('jobs submitted in a transaction of the caller’s', () => {
  test('I1, I2: by node:sqlite', async () => {
    const folder = temporaryFolder('submit-node')
    const store = await openStore({ folder, clock })
    const handle = new DatabaseSync(join(folder, 'holdfast.db'))
    await neverThenThere(store, async (text) => handle.exec(text), handle)
    handle.close()
  })

  test('I1, I2: by better-sqlite3', async () => {
    const folder = temporaryFolder('submit-better')
    const handle = new Sqlite(join(folder, 'holdfast.db'))
    const store = await openStore({ folder, clock, database: handle })
    await neverThenThere(store, async (text) => handle.exec(text), handle)
    handle.close()
  })
})

test('a handle of better-sqlite3 as the database: the folder’s file by his copy of SQLite; another file is refused', async () => {
  const folder = temporaryFolder('better-folder')
  const handle = new Sqlite(join(folder, 'holdfast.db'))
  const store = await openStore({ folder, database: handle, clock })
  assert.deepEqual(handle.prepare('select installation_id from installation').pluck().all(), [store.installationId])
  await store.close()
  handle.close()
  const other = new Sqlite(join(folder, 'other.db'))
  await assert.rejects(openStore({ folder, database: other, clock }), { code: 'invalid_config', message: /other\.db/ })
  other.close()
})
