// Retention with real attempts: what goes, what stays for whom, and that nothing of a removed job is left in the folder.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { prune } from '../../src/runner/janitor.ts'
import { closeInstance, openInstance } from '../../src/supervisor/open-instance.ts'
import { type RetentionOptions, retentionOf } from '../../src/supervisor/retention.ts'
import { settled, textOf, written } from '../contract/opened.ts'
import { onOneDatabase, type Place, script } from './places.ts'

const ignored = { info() {}, warn() {}, error() {} }

/** What a runner does every minute. */
async function pruneNow(place: Place, retention: RetentionOptions): Promise<void> {
  const instance = await openInstance({ data: place.data, kinds: [], logger: ignored, database: place.database(), foldersReady: 1 })
  await prune(instance.house, retentionOf(retention))
  await closeInstance(instance, null)
}

onOneDatabase('retention', (place) => {
  const twice = script('twice', { retry: { attempts: 2, delayMs: 0, backoff: 'fixed' } })
  // The rest of the name says who claimed it.
  const attemptOf = (folder: string) => folder.split('-').slice(0, 2).join('-')
  const folders = (id: number) => readdirSync(join(place.data, 'attempts')).filter((name) => name.startsWith(`${id}-`))

  test('by count: the newest of each state stay; what all attempts wrote goes with their job', async () => {
    const holdfast = await place.open([twice])
    const failed = []
    for (let n = 0; n < 3; n++) failed.push((await settled(holdfast, (await holdfast.submit(twice, `echo ${n}; exit 1`)).job.id)).id)
    const good = (await settled(holdfast, (await holdfast.submit(twice, 'echo good')).job.id)).id
    const [oldest = 0, older = 0, newest = 0] = failed
    assert.deepEqual(folders(oldest).map(attemptOf).toSorted(), [`${oldest}-1`, `${oldest}-2`])
    await pruneNow(place, { failed: { count: 1 } })
    assert.deepEqual([await holdfast.get(oldest), await holdfast.get(older)], [null, null])
    // What bars a late start stays for an hour, and nothing else.
    for (const folder of [...folders(oldest), ...folders(older)])
      assert.deepEqual(readdirSync(join(place.data, 'attempts', folder)), ['started'])
    await assert.rejects(holdfast.log(oldest), { code: 'job_not_found' })
    assert.deepEqual([await textOf(holdfast, newest), await textOf(holdfast, good)], [['2', '2'], ['good']])
  })

  test('by age: what has settled before then goes, and never what is active', async () => {
    const holdfast = await place.open([twice])
    const old = (await settled(holdfast, (await holdfast.submit(twice, 'true')).job.id)).id
    const running = (await holdfast.submit(twice, 'echo ready; sleep 100')).job.id
    await written(holdfast, running, 1)
    const queued = (await holdfast.submit(twice, 'true', { availableAt: Date.now() + 3_600_000 })).job.id
    const all = { days: 0, count: 0 }
    await pruneNow(place, { succeeded: { days: 1 } })
    assert.equal((await holdfast.get(old))?.state, 'succeeded')
    await pruneNow(place, { succeeded: all, failed: all, cancelled: all, interrupted: all, expired: all })
    assert.equal(await holdfast.get(old), null)
    assert.deepEqual([(await holdfast.get(running))?.state, (await holdfast.get(queued))?.state], ['running', 'queued'])
    assert.deepEqual(folders(running).map(attemptOf), [`${running}-1`])
  })

  test('a job that came after one which is removed since runs all the same', async () => {
    const holdfast = await place.open([twice])
    const first = (await settled(holdfast, (await holdfast.submit(twice, 'true')).job.id)).id
    const later = (await holdfast.submit(twice, 'true', { after: [first], availableAt: Date.now() + 3_600_000 })).job.id
    await pruneNow(place, { succeeded: { count: 0 } })
    assert.equal(await holdfast.get(first), null)
    assert.deepEqual((await holdfast.get(later))?.waitingFor?.for, 'time')
    const next = (await holdfast.submit(twice, 'true', { after: [later] })).job.id
    await pruneNow(place, { succeeded: { count: 0 } })
    await holdfast.cancel(later)
    assert.equal((await settled(holdfast, next)).failure?.kind, 'dependency')
  })

  test('I8: what a removed job has published stays readable', async () => {
    const index = script('index', { artifacts: ['index'] })
    const holdfast = await place.open([index])
    const { id } = await settled(holdfast, (await holdfast.submit(index, 'echo films > "$HOLDFAST_STAGING/index/films"')).job.id)
    await pruneNow(place, { succeeded: { count: 0 } })
    assert.equal(await holdfast.get(id), null)
    const current = await holdfast.artifact('index').current()
    assert.equal(current?.jobId, id)
    assert.equal(readFileSync(join(current?.path ?? '', 'films'), 'utf8'), 'films\n')
  })
})
