// I8: what a job has built is looked at by the app before anybody reads it: what it refuses is not published, and nothing without its look.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { defineJob, type JobOptions } from '../../src/index.ts'
import type { JobContext } from '../../src/job.ts'
import { findOrphans } from '../../src/runner/rescuer.ts'
import { closeInstance, openInstance } from '../../src/supervisor/open-instance.ts'
import { openings, settled, textOf, written } from '../contract/opened.ts'
import { until } from '../contract/temporary.ts'
import { type Build, building, built } from './builds.ts'

describe('validate', () => {
  const { data, open } = openings('validate')

  test('what it throws or says is why nothing is published; the output stays for a look; the job can be tried again', async () => {
    const looked: [string, number, unknown][] = []
    const checked = building('checked', {
      validate(staging, { id, input }) {
        const text = readFileSync(join(staging, 'index', 'a'), 'utf8').trim()
        looked.push([text, id, input])
        if (text === 'throws') throw new Error('a film has no title')
        return text === 'says' ? 'only 3 films' : 'fine'.slice(4)
      },
    })
    const holdfast = await open([checked])
    for (const [text, message] of [
      ['throws', 'Output refused: a film has no title'],
      ['says', 'Output refused: only 3 films'],
    ] as const) {
      const job = await built(holdfast, checked, `echo ${text} > a`)
      assert.deepEqual([job.state, job.failure?.kind, job.failure?.message], ['failed', 'publish', message])
      const kept = /What it wrote is kept in (\S+) of/.exec(job.failure?.hint ?? '')?.[1] ?? ''
      assert.equal(readFileSync(join(data, kept, 'index', 'a'), 'utf8'), `${text}\n`)
      assert.equal(await holdfast.artifact('index').current(), null)
    }
    const good = await built(holdfast, checked, 'echo good > a')
    assert.equal(good.state, 'succeeded')
    assert.deepEqual(looked.at(-1), ['good', good.id, { script: 'echo good > a' }])
    assert.equal((await holdfast.artifact('index').current())?.jobId, good.id)
  })

  test('I13: trouble that the app has with a disk is its answer, and is not taken for ours', async () => {
    const failing = building('failing', {
      validate() {
        throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' })
      },
    })
    const holdfast = await open([failing])
    const done = await built(holdfast, failing, 'echo 1 > a')
    assert.deepEqual([done.state, done.failure?.message], ['failed', 'Output refused: EROFS: read-only file system'])
  })

  test('I11: one that ends by its signal, in words of its own, was cancelled and has refused nothing', async () => {
    const begun = Promise.withResolvers<void>()
    const obedient = building('obedient', {
      validate(_, { signal }) {
        begun.resolve()
        return setTimeout(60_000, '', { signal })
      },
    })
    const holdfast = await open([obedient])
    const { job } = await holdfast.submit(obedient, { script: 'echo 1 > a' })
    await begun.promise
    await holdfast.cancel(job.id)
    assert.equal((await settled(holdfast, job.id)).state, 'cancelled')
  })

  test('it is not asked about an output that is refused anyhow, nor of a job that failed', async () => {
    let asked = 0
    const counted = building('counted', { validate: () => void asked++ })
    const holdfast = await open([counted])
    for (const script of ['ln -s /etc a', ':', 'echo 1 > a; exit 1']) assert.equal((await built(holdfast, counted, script)).state, 'failed')
    assert.equal(asked, 0)
  })

  test('the time that it takes counts for no timeout, and its silence for no stall', async () => {
    const short = { timeoutMs: 1_500, stallAfterMs: 300, onStall: 'cancel', stallLimitMs: 1_500 } as const
    // A look a second, and one more.
    const validate = async () => {
      const since = Date.now()
      await until('both would be over', () => Date.now() - since > 3_600)
    }
    const command = building('patient', {
      ...short,
      artifacts: ['patient'],
      command: () => ['sh', '-c', 'echo 1 > $HOLDFAST_STAGING/patient/a'],
      validate,
    })
    const run = (job: JobContext) => writeFileSync(join(job.output('own'), 'a'), '1')
    const inline = defineJob({ kind: 'own', ...short, artifacts: ['own'], run, validate })
    const holdfast = await open([command, inline])
    const asked = [await holdfast.submit(command, { script: '' }), await holdfast.submit(inline)]
    for (const { job } of asked) {
      const done = await settled(holdfast, job.id)
      assert.deepEqual([done.state, done.failure], ['succeeded', null])
    }
  })

  test('I11: one that never ends does not keep a cancel waiting, and nothing is published', async () => {
    let [begun, aborted] = [false, '']
    const endless = building('endless', {
      artifacts: ['endless'],
      command: ({ script }) => ['sh', '-c', `cd "$HOLDFAST_STAGING/endless"; ${script}`],
      validate(_, { signal }) {
        begun = true
        return new Promise(() => signal.addEventListener('abort', () => (aborted = String(signal.reason?.message)), { once: true }))
      },
    })
    const holdfast = await open([endless])
    const { job } = await holdfast.submit(endless, { script: 'echo 1 > a' })
    await until('it is looked at', () => begun)
    await holdfast.cancel(job.id, { by: 'ana' })
    assert.equal((await settled(holdfast, job.id)).state, 'cancelled')
    assert.equal(await holdfast.artifact('endless').current(), null)
    await until('it was told', () => aborted !== '')
  })
})

describe('a program without the function', () => {
  const { data, open } = openings('unchecked')
  const kind = (validate?: JobOptions<Build>['validate']) => building('looked-at', validate ? { validate } : {})

  test('I8 I10: sees the job through to its end, says that it waits for the app, and leaves it to the app to publish', async () => {
    const app = await open([kind(() => undefined)])
    const gate = join(data, 'gate')
    const { job } = await app.submit(kind(), { script: `echo line; until [ -e ${gate} ]; do sleep 0.05; done; echo 1 > a` })
    await written(app, job.id, 1)
    await app.close()
    const other = await open([])
    await until('it is adopted', async () => (await other.detail(job.id))?.history[0]?.adoptedAt)
    writeFileSync(gate, '')
    const waiting = await until('it waits', async () => {
      const now = await other.get(job.id)
      return now?.flags.includes('unchecked') ? now : null
    })
    assert.deepEqual([waiting.state, waiting.flags], ['running', ['unchecked']])
    assert.match(
      (await textOf(other, job.id, 'system')).at(-1) ?? '',
      /^exit 0; its output waits for a program that has the kind "looked-at"/,
    )
    let asked = 0
    const third = await openInstance({ data, kinds: [], logger: { info() {}, warn() {}, error() {} }, foldersReady: 0 })
    const look = async () => {
      asked++
      const others = await findOrphans({ ...third.house, validatorOf: () => () => undefined }, new Set())
      return others.length === 0 ? '' : 'another program with the kind would take it from the one that looks at it'
    }
    const back = await open([kind(look)])
    const done = await settled(back, job.id)
    await closeInstance(third, null)
    assert.deepEqual([done.state, done.failure, done.flags, done.exitCode, asked], ['succeeded', null, [], 0, 1])
    assert.equal((await back.artifact('index').current())?.jobId, job.id)
    assert.equal((await other.get(job.id))?.state, 'succeeded')
  })
})

describe('while it waits for the app', () => {
  const { data, open } = openings('waiting-for-app')

  test('I11: it can be cancelled, and nothing is published', async () => {
    const kind = building('looked-at', { validate: () => undefined })
    const app = await open([kind])
    const gate = join(data, 'gate')
    const { job } = await app.submit(kind, { script: `echo line; until [ -e ${gate} ]; do sleep 0.05; done; echo 2 > a` })
    await written(app, job.id, 1)
    await app.close()
    const other = await open([])
    writeFileSync(gate, '')
    await until('it waits', async () => (await other.get(job.id))?.flags.includes('unchecked'))
    await other.cancel(job.id, { by: 'ana' })
    assert.deepEqual([(await settled(other, job.id)).state, await other.artifact('index').current()], ['cancelled', null])
  })
})
