// What only a database in a file has: other processes on it, its schema's history, and copies of its folder.
import assert from 'node:assert/strict'
import { cpSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { openStore } from '../../../src/store/open-store.ts'
import { temporaryFolder, until } from '../temporary.ts'
import { claimInProcesses, startProcess } from './processes.ts'
import { submit } from './stores.ts'

const clock = { now: () => 1, sleep: async () => {}, every: () => () => {} }

describe('SQLite in a file', () => {
  test('I4: four processes claim from one file: every job once', async () => {
    const folder = temporaryFolder('claimers')
    const store = await openStore({ folder, clock })
    await Promise.all(Array.from({ length: 300 }, () => submit(store)))
    const claimed = await claimInProcesses(['a', 'b', 'c', 'd'], folder)
    assert.deepEqual(
      claimed.flat().toSorted((a, b) => a - b),
      Array.from({ length: 300 }, (_, index) => index + 1),
    )
    assert.ok(claimed.filter((ids) => ids.length > 0).length > 1, 'more than one had work')
    const unsettled = await store.jobs.unsettled()
    assert.ok(unsettled.length === 300 && unsettled.every(({ job, attempt }) => job.leaseToken === 1 && attempt.runnerId === job.runnerId))
    await store.close()
  })

  test('locked by another process for 2 s: our event loop is never blocked over 50 ms, and the call succeeds after', async () => {
    const folder = temporaryFolder('locked')
    const store = await openStore({ folder, clock })
    const holdIt = `const db = new (require('node:sqlite').DatabaseSync)(process.argv[1]); db.exec('begin immediate'); console.log('locked'); setTimeout(() => { db.exec('rollback'); db.close() }, 2000)`
    const { exited } = await startProcess('-e', holdIt, join(folder, 'holdfast.db'))
    const startedAt = performance.now()
    const submitted = submit(store).then(() => performance.now())
    const read = await store.jobs.list({ limit: 1 })
    assert.ok(performance.now() - startedAt < 1_000, 'reading goes on')
    // The machine may be busy, so single gaps are forgiven; waiting inside the driver would be one gap of the whole time.
    let last = performance.now()
    let blockedMs = 0
    const measure = setInterval(() => {
      const gap = performance.now() - last - 5
      if (gap > 50) blockedMs += gap
      last = performance.now()
    }, 5)
    const doneAt = await submitted
    clearInterval(measure)
    assert.deepEqual(read, [])
    assert.ok(doneAt - startedAt > 500, 'it had to wait')
    assert.ok(blockedMs < (doneAt - startedAt) / 3, `blocked for ${Math.round(blockedMs)} of ${Math.round(doneAt - startedAt)} ms`)
    assert.equal((await store.jobs.list({ limit: 1 })).length, 1)
    await exited
    await store.close()
  })

  test('closing while a call waits for a locked database ends the call with "closed"', async () => {
    const folder = temporaryFolder('closing')
    const store = await openStore({ folder, clock })
    const other = new DatabaseSync(join(folder, 'holdfast.db'))
    other.exec('begin immediate')
    const submitted = submit(store)
    const refused = assert.rejects(submitted, { code: 'closed' })
    await delay(5)
    await store.close()
    await refused
    await assert.rejects(store.jobs.get({ id: 1 }), { code: 'closed' })
    other.close()
  })

  test('onChange: a change through another connection is told', async () => {
    const folder = temporaryFolder('doorbell')
    const [mine, others] = [await openStore({ folder, clock }), await openStore({ folder, clock })]
    const { promise: told, resolve } = Promise.withResolvers<void>()
    mine.onChange(resolve)
    await submit(others)
    await told
    assert.equal((await mine.jobs.get({ id: 1 }))?.state, 'queued', 'and it can be seen when it is told')
    await Promise.all([mine.close(), others.close()])
  })

  test('I1: what was acknowledged is there after closing and opening again', async () => {
    const folder = temporaryFolder('again')
    const first = await openStore({ folder, clock })
    const { id } = (await submit(first, { input: { deep: ['ä'] } })).job
    const job = await first.jobs.get({ id })
    await first.close()
    const second = await openStore({ folder, clock })
    assert.deepEqual(await second.jobs.get({ id }), job)
    assert.deepEqual(job?.input, { deep: ['ä'] })
    assert.equal(second.installationId, first.installationId)
    await second.close()
  })

  test('the schema of a newer Holdfast is refused, and nothing is changed', async () => {
    const folder = await madeFolder('newer')
    change(folder, `insert into migrations values (99, 'later', 'x', 1)`)
    const before = dump(folder)
    await assert.rejects(openStore({ folder, clock }), { code: 'schema_too_new' })
    assert.deepEqual(dump(folder), before)
  })

  test('a schema of another build is refused', async () => {
    const folder = await madeFolder('changed')
    change(folder, `update migrations set checksum = 'other'`)
    await assert.rejects(openStore({ folder, clock }), { code: 'database_unavailable', message: /another build/ })
  })

  test('a file that is no database is refused with the file’s name', async () => {
    const folder = temporaryFolder('garbage')
    writeFileSync(join(folder, 'holdfast.db'), 'this is no database, and long enough to be looked at '.repeat(100))
    await assert.rejects(openStore({ folder, clock }), { code: 'database_unavailable', message: /holdfast\.db/ })
  })

  test('I12: a copied folder gets a life of its own, a renamed one keeps its', async () => {
    const folder = await madeFolder('original')
    const idOf = async (path: string) => {
      const store = await openStore({ folder: path, clock })
      await store.close()
      return store.installationId
    }
    const original = await idOf(folder)
    const copies = temporaryFolder('copies')
    cpSync(folder, join(copies, 'copy'), { recursive: true })
    const copy = await idOf(join(copies, 'copy'))
    assert.notEqual(copy, original)
    assert.equal(await idOf(join(copies, 'copy')), copy)
    assert.equal(await idOf(folder), original)
    renameSync(join(copies, 'copy'), join(copies, 'renamed'))
    assert.equal(await idOf(join(copies, 'renamed')), copy)
  })

  test('I1: a database that is moved away while it is open takes nothing, and says so; put back, it goes on with what waited', async () => {
    const folder = temporaryFolder('moved')
    const told: (string | null)[] = []
    const store = await openStore({ folder, clock, onTrouble: (trouble) => told.push(trouble) })
    const { id } = (await submit(store)).job
    move(folder, 'holdfast.db', 'aside.db')
    const message = `${join(folder, 'holdfast.db')} was moved or deleted while it was open: put it back, or restart what has it open.`
    await assert.rejects(submit(store), { code: 'database_unavailable', message })
    assert.equal((await store.jobs.get({ id }))?.id, id, 'reading goes on')
    const ours = store.runners.remove({ runnerId: 'none', now: 1 })
    const trouble = await until('it is told', () => told.at(-1))
    assert.equal(trouble, `the database cannot be written: ${message.slice(0, -1)}`)
    move(folder, 'aside.db', 'holdfast.db')
    await ours
    assert.equal((await submit(store)).job.id, id + 1)
    assert.equal(told.at(-1), null)
    await store.close()
  })

  test('I1: nothing is acknowledged into a database that was replaced, and closing it takes nothing from the one in its place', async () => {
    const folder = temporaryFolder('replaced')
    const first = await openStore({ folder, clock })
    await submit(first)
    move(folder, 'holdfast.db', 'aside.db')
    const second = await openStore({ folder, clock })
    const { job } = await submit(second, { input: 'of the second' })
    await assert.rejects(submit(first), {
      code: 'database_unavailable',
      message: /holdfast\.db was replaced by another file while it was open/,
    })
    await first.close()
    const third = await openStore({ folder, clock })
    assert.equal((await third.jobs.get({ id: job.id }))?.input, 'of the second')
    assert.equal((await submit(second)).job.id, job.id + 1)
    await Promise.all([second.close(), third.close()])
  })

  test('two openers at once make one schema and one installation', async () => {
    const folder = temporaryFolder('openers')
    const opened = await Promise.all([1, 2, 3, 4].map(() => openStore({ folder, clock })))
    assert.equal(new Set(opened.map(({ installationId }) => installationId)).size, 1)
    await Promise.all(opened.map((store) => store.close()))
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.db')),
      ['holdfast.db'],
      'no copy was made: there was nothing to copy',
    )
  })
})

async function madeFolder(name: string): Promise<string> {
  const folder = temporaryFolder(name)
  await (await openStore({ folder, clock })).close()
  return folder
}

/** A database and what belongs to it. */
function move(folder: string, from: string, to: string): void {
  for (const end of ['', '-wal', '-shm']) renameSync(join(folder, `${from}${end}`), join(folder, `${to}${end}`))
}

function change(folder: string, statement: string): void {
  const database = new DatabaseSync(join(folder, 'holdfast.db'))
  database.exec(statement)
  database.close()
}

function dump(folder: string): unknown[] {
  const database = new DatabaseSync(join(folder, 'holdfast.db'), { readOnly: true })
  const rows = [...database.prepare('select * from sqlite_master').all(), ...database.prepare('select * from migrations').all()]
  database.close()
  return rows
}
