// What becomes of inline handlers when their process dies, freezes, or closes without them: never a second start beside the first.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openings, settled } from '../../test/contract/opened.ts'
import { until } from '../../test/contract/temporary.ts'
import { defineJob, type Holdfast } from '../index.ts'
import { findOrphans } from '../runner/rescuer.ts'
import type { Instance } from './instance.ts'
import { closeInstance, openInstance, quiet } from './open-instance.ts'

const index = new URL('../index.ts', import.meta.url).href

describe('an inline handler whose process', () => {
  const { data, open } = openings('inline-orphans')
  const waits = defineJob<unknown>({ kind: 'waits', run: () => new Promise(() => undefined), locks: ['server'], stopGraceMs: 50 })

  /** An app in a process of its own, whose handlers note their start and then wait for ever. */
  function startApp(): ChildProcess {
    const file = join(data, 'app.mjs')
    writeFileSync(
      file,
      `import { appendFileSync } from 'node:fs'
      import { defineJob, openHoldfast } from '${index}'
      const run = (job) => {
        appendFileSync('${join(data, 'starts')}', job.id + '-' + job.attempt + '\\n')
        job.save({ at: job.attempt })
        job.log('running')
        return job.attempt > 1 ? 'again' : new Promise(() => {})
      }
      await openHoldfast({ data: '${data}', runner: true, kinds: [
        defineJob({ kind: 'once', run, locks: ['server'] }),
        defineJob({ kind: 'repeated', run, safeToRepeat: true }),
      ] })`,
    )
    return spawn(process.execPath, ['--conditions=holdfast-source', file], { stdio: 'ignore' })
  }

  const starts = () => (existsSync(join(data, 'starts')) ? readFileSync(join(data, 'starts'), 'utf8').trim().split('\n').toSorted() : [])

  async function runs(holdfast: Holdfast, id: number): Promise<void> {
    await until('it runs', async () => (await holdfast.get(id))?.state === 'running')
  }

  test('I3 I4 I5: is killed: interrupted, or again where that is safe; its keys are free only then', { timeout: 120_000 }, async () => {
    const once = defineJob<unknown>({ kind: 'once', run: () => 'never here', locks: ['server'] })
    const repeated = defineJob<unknown>({ kind: 'repeated', run: (job) => `again ${job.attempt}`, safeToRepeat: true })
    const next = defineJob<unknown>({ kind: 'next', run: () => 'next', locks: ['server'] })
    const app = startApp()
    const looking = await open([once, repeated, next], { runner: false })
    const [first, second] = [(await looking.submit(once)).job.id, (await looking.submit(repeated)).job.id]
    await until(
      'both began and said so',
      async () => (await looking.log(first)).lines.length > 1 && (await looking.log(second)).lines.length > 1,
      60_000,
    )
    const third = (await looking.submit(next)).job.id
    // A runner beside it takes nothing over: its process lives.
    const other = await open([repeated, next])
    await until('it has looked', async () => (await looking.get(third))?.waitingFor?.for === 'key')
    assert.deepEqual([(await looking.get(first))?.state, (await looking.get(third))?.state], ['running', 'queued'])
    app.kill('SIGKILL')
    const dead = await settled(looking, first, 60_000)
    assert.deepEqual([dead.state, dead.attempts, dead.failure?.message], ['interrupted', 1, 'the program that it ran in is gone'])
    const again = await settled(looking, second, 60_000)
    assert.deepEqual([again.state, again.attempts, again.result], ['succeeded', 2, 'again 2'])
    const keyed = await settled(looking, third, 60_000)
    assert.equal(keyed.state, 'succeeded')
    assert.ok((keyed.startedAt ?? 0) >= (dead.finishedAt ?? Number.POSITIVE_INFINITY))
    assert.deepEqual(starts(), [`${first}-1`, `${second}-1`])
    await Promise.all([looking.close(), other.close()])
  })

  test('I3 I10: is frozen: its lease is old, but nothing is taken over while it holds the proof of its life', async () => {
    const holdfast = await open([waits])
    const { job } = await holdfast.submit(waits)
    await runs(holdfast, job.id)
    const looking = await openInstance({ data, kinds: [], logger: quiet, foldersReady: 1 })
    try {
      const { runnerId } = (await looking.store.jobs.get({ id: job.id })) ?? {}
      await looking.store.runners.renew({ runnerId: runnerId ?? '', leaseUntil: 0 })
      assert.equal((await looking.store.runners.list()).find((runner) => runner.runnerId === runnerId)?.leaseUntil, 0)
      assert.deepEqual(await orphansOf(looking), [])
    } finally {
      await closeInstance(looking, null)
    }
    await holdfast.close()
  })

  test('I3: closes while it goes on: it keeps its job and its keys until it has settled', async () => {
    const gate = Promise.withResolvers<void>()
    const stubborn = defineJob<unknown>({ kind: 'stubborn', run: () => gate.promise, stopGraceMs: 20, locks: ['server-2'] })
    const holdfast = await open([stubborn])
    const { job } = await holdfast.submit(stubborn)
    await runs(holdfast, job.id)
    await holdfast.close()
    const looking = await openInstance({ data, kinds: [], logger: quiet, foldersReady: 1 })
    try {
      assert.equal((await looking.store.jobs.get({ id: job.id }))?.state, 'stopping')
      assert.ok(!(await orphansOf(looking)).includes(job.id))
      gate.resolve()
      await until('it has let go', async () => (await orphansOf(looking)).includes(job.id))
    } finally {
      await closeInstance(looking, null)
    }
    const later = await open()
    assert.equal((await settled(later, job.id)).state, 'interrupted')
    await later.close()
  })

  test('I6: loses its lease: the function is told, and nothing that it says is written', async () => {
    const told = Promise.withResolvers<unknown>()
    const kind = defineJob<unknown>({
      kind: 'lost',
      run: (job) =>
        new Promise((resolve) => {
          job.signal.addEventListener('abort', () => {
            told.resolve(job.signal.reason)
            job.log('too late')
            resolve('too late')
          })
        }),
    })
    const holdfast = await open([kind])
    const { job } = await holdfast.submit(kind)
    await runs(holdfast, job.id)
    const other = await openInstance({ data, kinds: [], logger: quiet, foldersReady: 1 })
    try {
      const claimed = (await other.store.jobs.unsettled()).find((one) => one.job.id === job.id) ?? assert.fail()
      const fence = { jobId: job.id, attempt: 1, leaseToken: claimed.job.leaseToken }
      const taken = await other.store.claims.takeOver({ fence, place: other.house.place, adopting: false, now: Date.now() })
      assert.notEqual(taken, 'lease lost')
      await told.promise
      const now = await other.store.jobs.get({ id: job.id })
      assert.deepEqual([now?.state, now?.result, now?.runnerId], ['running', null, other.house.place.runnerId])
    } finally {
      await closeInstance(other, null)
    }
    const done = await settled(holdfast, job.id)
    assert.deepEqual([done.state, done.result], ['interrupted', null])
    assert.ok(!(await holdfast.log(job.id)).lines.some(({ text }) => text === 'too late'))
    await holdfast.close()
  })

  async function orphansOf(instance: Instance): Promise<number[]> {
    return (await findOrphans(instance.house, new Set())).map(({ claimed }) => claimed.job.id)
  }
})
