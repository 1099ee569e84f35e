// What is wanted is remembered, what is required is known from it, and nothing is ever started by that; a follow-up only when the app asks, and then one.
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { defineJob } from '../../src/index.ts'
import { openings, settled, written } from '../contract/opened.ts'

describe('required', () => {
  const { data, open } = openings('required')
  const build = defineJob<{ settings: string; wait?: string; fail?: boolean }>({
    kind: 'build',
    artifacts: ['index'],
    unique: true,
    uniquePolicy: 'keepLast',
    fingerprint: ({ settings }) => settings,
    command: ({ settings, wait, fail }) => [
      'sh',
      '-c',
      `echo begun; ${wait ? `until [ -e ${join(data, wait)} ]; do sleep 0.05; done;` : ''} echo ${settings} > "$HOLDFAST_STAGING/index/a"; exit ${fail ? 4 : 0}`,
    ],
  })

  test('idle, required, building, succeeded, failed: right at every moment, in every program, and after a restart', async () => {
    const app = await open([build])
    const other = await open([build], { runner: false })
    const conditions = async () => Promise.all([app, other].map(async (one) => (await one.artifact('index').detail())?.condition))
    const seen = async (expected: string, reason: RegExp) => {
      assert.deepEqual(await conditions(), [expected, expected])
      assert.match((await app.artifact('index').detail())?.reasons.join(' ') ?? '', reason)
    }
    await seen('idle', /No snapshot was published yet/)
    assert.equal((await app.artifact('index').want('a', { by: 'ana' })).condition, 'required')
    await seen('required', /never built from what is wanted \(changed by ana\)/)
    assert.deepEqual((await app.list()).jobs, [], 'nothing was started')

    const { job } = await app.submit(build, { settings: 'a', wait: 'gate' })
    await written(app, job.id, 1)
    await seen('building', new RegExp(`^Job #${job.id} builds it now`))
    const changed = await other.artifact('index').want('b', { by: 'ben' })
    assert.deepEqual([changed.condition, changed.required, changed.anotherRequired], ['building', true, true])
    await seen('building', /changed meanwhile \(changed by ben\): another build will be required/)
    writeFileSync(join(data, 'gate'), '')
    assert.equal((await settled(app, job.id)).state, 'succeeded')
    await seen('required', /Snapshot 1 was built from something else than what is wanted \(changed by ben\)/)
    assert.equal((await app.list()).jobs.length, 1, 'nothing was started')

    const failed = await settled(app, (await app.submit(build, { settings: 'b', fail: true })).job.id)
    await seen('failed', new RegExp(`Job #${failed.id} failed: .*required|Job #${failed.id} failed`))
    assert.equal((await app.artifact('index').detail())?.required, true)
    await app.artifact('index').want('c')
    await seen('required', /Snapshot 1 was built from something else/)
    await settled(app, (await app.submit(build, { settings: 'c' })).job.id)
    await seen('succeeded', /published snapshot 2/)
    await app.close()
    const again = await open([build])
    assert.equal((await again.artifact('index').detail())?.condition, 'succeeded')
    assert.equal((await again.artifact('index').want('c')).condition, 'succeeded', 'wanting the same again changes nothing')
    assert.deepEqual(
      (await again.artifacts.list()).map(({ name, condition }) => [name, condition]),
      [['index', 'succeeded']],
    )
  })

  test('I2: settings that change while it builds: the app may ask for one follow-up, with the newest; it is named', async () => {
    const app = await open([build])
    const { job: first } = await app.submit(build, { settings: 'd', wait: 'gate-2' })
    await written(app, first.id, 1)
    for (const settings of ['e', 'f', 'g']) {
      await app.artifact('index').want(settings)
      await app.submit(build, { settings })
    }
    const detail = await app.artifact('index').detail()
    assert.deepEqual([detail?.condition, detail?.building?.jobId, detail?.anotherRequired], ['building', first.id, false])
    assert.equal(detail?.next?.fingerprint, 'g')
    assert.match(detail?.reasons.join(' ') ?? '', new RegExp(`Job #${detail?.next?.jobId} is queued to build it after that`))
    writeFileSync(join(data, 'gate-2'), '')
    await settled(app, detail?.next?.jobId ?? 0)
    const after = await app.artifact('index').detail()
    assert.deepEqual([after?.condition, after?.current?.fingerprint], ['succeeded', 'g'])
    const { jobs } = await app.list({ state: ['succeeded'] })
    assert.deepEqual(
      jobs.slice(0, 2).map(({ fingerprint }) => fingerprint),
      ['g', 'd'],
    )
    assert.ok(existsSync(join(data, 'current', 'index', 'a')))
  })
})
