// One instance per folder and process: whoever opens it again gets a handle on the same one.
import assert from 'node:assert/strict'
import { readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { settled } from '../../test/contract/opened.ts'
import { temporaryFolder, until } from '../../test/contract/temporary.ts'
import { defineJob, type OpenOptions, openHoldfast } from '../index.ts'
import { openInstance, quiet } from './open-instance.ts'

const top = temporaryFolder('shared')
const logger = { info() {}, warn() {}, error() {} }
const open = (options: OpenOptions) => openHoldfast({ runner: true, logger, ...options })
const answering = (kind: string, answer: string) => defineJob<unknown>({ kind, run: () => answer })

async function runnersOf(data: string): Promise<number> {
  const looking = await openInstance({ data, kinds: [], logger: quiet, foldersReady: 1 })
  try {
    return (await looking.store.runners.list()).length
  } finally {
    await looking.store.close()
  }
}

test('I4: opened twice, also over a link and at the same time, it has one runner and one proof of life, and the kinds of both', async () => {
  const data = join(top, 'twice')
  symlinkSync(data, join(top, 'link'))
  const [first, second] = await Promise.all([
    open({ data, kinds: [answering('a', 'a')] }),
    open({ data: join(top, 'twice'), kinds: [answering('b', 'b')] }),
  ])
  const third = await open({ data: join(top, 'link') })
  assert.deepEqual([await runnersOf(data), readdirSync(join(data, 'runners')).length], [1, 1])
  assert.deepEqual(
    (await third.kinds()).map(({ kind }) => kind),
    ['a', 'b'],
  )
  const { job } = await third.submit('b')
  assert.equal((await settled(first, job.id)).result, 'b')
  for (const one of [first, second, third]) await one.close()
  assert.deepEqual(readdirSync(join(data, 'runners')), [])
})

test('a kind that is defined again is the later one for later submits', async () => {
  const data = join(top, 'again')
  const first = await open({ data, kinds: [answering('a', 'old')] })
  const [old] = [await first.submit('a')]
  assert.equal((await settled(first, old.job.id)).result, 'old')
  const second = await open({ data, kinds: [answering('a', 'new')] })
  const { job } = await first.submit('a')
  assert.equal((await settled(first, job.id)).result, 'new')
  await Promise.all([first.close(), second.close()])
})

test('a handle lets go of its own waits only; the last one closes, and it can be opened again', async () => {
  const data = join(top, 'handles')
  const gate = Promise.withResolvers<string>()
  const kind = defineJob<unknown>({ kind: 'gate', run: () => gate.promise })
  const first = await open({ data, kinds: [kind] })
  const second = await open({ data })
  const { job } = await first.submit(kind)
  await until('it runs', async () => (await first.get(job.id))?.state === 'running')
  const waits = assert.rejects(first.wait(job.id), { code: 'closed' })
  const goesOn = second.wait(job.id)
  assert.equal(first.close(), first.close())
  await first.close()
  await waits
  assert.deepEqual([first.closing.aborted, second.closing.aborted], [true, false])
  gate.resolve('done')
  assert.equal((await goesOn).result, 'done')
  await second.close()
  await assert.rejects(second.get(job.id), { code: 'closed' })
  const third = await open({ data, kinds: [kind] })
  assert.equal((await third.get(job.id))?.state, 'succeeded')
  await third.close()
})

test('one that opens while the last one closes opens anew', async () => {
  const data = join(top, 'while')
  const first = await open({ data, kinds: [answering('a', 'a')] })
  const closing = first.close()
  const second = await open({ data, kinds: [answering('a', 'a')] })
  await closing
  const { job } = await second.submit('a')
  assert.equal((await settled(second, job.id)).result, 'a')
  await second.close()
})

test('a runner starts when the first handle asks for one', async () => {
  const data = join(top, 'runner')
  const first = await open({ data, kinds: [answering('a', 'a')], runner: false })
  const { job } = await first.submit('a')
  assert.equal(await runnersOf(data), 0)
  const second = await open({ data })
  assert.equal((await settled(first, job.id)).state, 'succeeded')
  await Promise.all([first.close(), second.close()])
})

test("another database is refused by name; what cannot be opened is nobody else's trouble", async () => {
  const data = join(top, 'database')
  const first = await open({ data })
  await assert.rejects(open({ data, database: 'postgres://127.0.0.1:1/none' }), (error: { code: string; details: { field: string } }) => {
    assert.deepEqual([error.code, error.details.field], ['invalid_config', 'database'])
    return true
  })
  await assert.rejects(open({ data, queues: { 'no name': { concurrency: 1 } } }), { code: 'invalid_config' })
  assert.deepEqual(await first.count().then(({ queued }) => queued), 0)
  await first.close()
  assert.deepEqual(readdirSync(join(data, 'runners')), [])
})
