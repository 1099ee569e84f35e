// The public testing kit's module jobs: they run when an app's test says so, in its process, and leave what they always leave.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { defineJob, type JobDefinition } from 'holdfast'
import { openTestHoldfast } from 'holdfast/testing'
import { temporaryFolder } from './contract/temporary.ts'
import { withHoldfast } from './contract/test-holdfast.ts'

const folder = temporaryFolder('testing-kit')
let files = 0

/** A module job whose file has this body. */
function moduleJob(kind: string, body: string, options: Partial<JobDefinition<unknown>> = {}) {
  const file = join(folder, `${kind}-${++files}.ts`)
  const next = new URL('../src/job.ts', import.meta.url).href
  writeFileSync(
    file,
    `import { doNotRetry, retryLater, snooze } from '${next}'\nvoid [doNotRetry, retryLater, snooze]\nexport default async (job) => {\n${body}\n}\n`,
  )
  return defineJob({ ...(options as object), kind, module: file })
}

describe('a module job', () => {
  test('is run in this process by drain, and what it says lands where it always does', async () => {
    const rebuild = moduleJob(
      'rebuild',
      `job.log('attempt ' + job.attempt + ' of job ' + job.id)
      job.phase('Read', { index: 1, of: 2 })
      job.progress({ done: 1, total: 4, unit: 'films' })
      job.phase('Write', { index: 2, of: 2 })
      job.progress({ done: 3, total: 4 })
      job.heartbeat()
      job.save({ at: 3 })
      return { films: job.input.films, pid: process.pid }`,
    )
    await withHoldfast({ kinds: [rebuild] }, async (holdfast) => {
      const submitted = await holdfast.submit(rebuild, { films: 9 })
      assert.equal(submitted.job.state, 'queued')
      assert.deepEqual((await holdfast.get(submitted.job.id))?.waitingFor, { for: 'slot' })
      const [job, ...others] = await holdfast.drain()
      assert.deepEqual(others, [])
      assert.equal(job?.state, 'succeeded')
      assert.deepEqual(job.result, { films: 9, pid: process.pid })
      assert.deepEqual([job.progress?.phase, job.progress?.done, job.progress?.total], [{ name: 'Write', index: 2, of: 2 }, 3, 4])
      assert.deepEqual(
        job.progress?.phases.map(({ name }) => name),
        ['Read', 'Write'],
      )
      const { lines } = await holdfast.log(job.id)
      assert.deepEqual(
        lines.map(({ stream, text }) => `${stream}: ${text}`),
        [`system: attempt 1 started, pid ${process.pid}`, 'stdout: attempt 1 of job 1', 'system: exit 0'],
      )
      assert.equal(job.startedAt, holdfast.clock.now())
      assert.deepEqual(await holdfast.drain(), [])
    })
  })

  test('that throws is failed data, with the line that tells', async () => {
    const broken = moduleJob('broken', `job.phase('Embed')\nthrow new TypeError('no such film')`)
    await withHoldfast({ kinds: [broken] }, async (holdfast) => {
      const job = await holdfast.perform(broken, null)
      assert.equal(job.state, 'failed')
      assert.deepEqual([job.failure?.kind, job.failure?.message, job.failure?.phase, job.exitCode], ['error', 'no such film', 'Embed', 1])
      assert.match(job.failure?.lastLines.join('\n') ?? '', /TypeError: no such film/)
      await holdfast.submit(broken, null)
      await assert.rejects(holdfast.drain({ throwOnFailure: true }), (error: Error) => {
        assert.equal(error.message, 'Job 2 (broken) failed in attempt 1: no such film')
        assert.ok(error.cause instanceof TypeError)
        return true
      })
    })
  })

  test('without a function to call, or without its file, fails with the reason', async () => {
    const file = join(folder, 'nothing.ts')
    writeFileSync(file, 'export const something = 1\n')
    const nothing = defineJob({ kind: 'nothing', module: file })
    const gone = defineJob({ kind: 'gone', module: join(folder, 'gone.ts') })
    await withHoldfast({ kinds: [nothing, gone] }, async (holdfast) => {
      assert.match((await holdfast.perform(nothing, null)).failure?.message ?? '', /no default export that is a function/)
      assert.match((await holdfast.perform(gone, null)).failure?.message ?? '', /Cannot find module/)
    })
  })

  test('is tried again with back-off once the clock has gone on, then fails for good', async () => {
    const flaky = moduleJob('flaky', `throw new Error('try ' + job.attempt)`, { retry: { attempts: 3, delayMs: 60_000 } })
    await withHoldfast({ kinds: [flaky] }, async (holdfast) => {
      const { job } = await holdfast.submit(flaky, null)
      const [first] = await holdfast.drain()
      assert.deepEqual([first?.state, first?.hold, first?.availableAt], ['queued', 'time', holdfast.clock.now() + 60_000])
      assert.deepEqual(await holdfast.drain(), [])
      await holdfast.clock.advance(59_999)
      assert.deepEqual(await holdfast.drain(), [])
      await holdfast.clock.advance(1)
      assert.equal((await holdfast.drain()).length, 1)
      await holdfast.clock.advance(120_000)
      const [last] = await holdfast.drain()
      assert.deepEqual([last?.state, last?.attempts, last?.failure?.message], ['failed', 3, 'try 3'])
      assert.deepEqual(
        (await holdfast.detail(job.id))?.history.map(({ failure }) => failure?.message),
        ['try 1', 'try 2', 'try 3'],
      )
    })
  })

  test('throwOnFailure also tells of an attempt that is followed by another one', async () => {
    const flaky = moduleJob('flaky', `throw new Error('try ' + job.attempt)`, { retry: 2 })
    await withHoldfast({ kinds: [flaky] }, async (holdfast) => {
      const { job } = await holdfast.submit(flaky, null)
      await assert.rejects(holdfast.drain({ throwOnFailure: true }), { message: 'Job 1 (flaky) failed in attempt 1: try 1' })
      assert.equal((await holdfast.get(job.id))?.state, 'queued')
    })
  })

  test('says itself what becomes of it: doNotRetry, retryLater, snooze', async () => {
    const never = moduleJob('never', `throw doNotRetry('no sound')`, { retry: 5 })
    const later = moduleJob('later', `throw retryLater(5_000, 'asked to wait')`, { retry: 5 })
    const resting = moduleJob('resting', `if (job.attempt < 3) throw snooze(30_000)\nreturn 'rested'`)
    await withHoldfast({ kinds: [never, later, resting] }, async (holdfast) => {
      const now = holdfast.clock.now()
      assert.deepEqual([(await holdfast.perform(never, null)).state, (await holdfast.count()).failed], ['failed', 1])
      const waiting = await holdfast.perform(later, null)
      assert.deepEqual([waiting.state, waiting.availableAt], ['queued', now + 5_000])
      const snoozed = await holdfast.perform(resting, null)
      assert.deepEqual([snoozed.state, snoozed.availableAt, snoozed.failure], ['queued', now + 30_000, null])
      await holdfast.submit(resting, null)
      await holdfast.clock.advance(30_000)
      await holdfast.runJob(snoozed.id)
      await holdfast.clock.advance(30_000)
      assert.equal((await holdfast.runJob(snoozed.id)).result, 'rested')
    })
  })

  test('goes on from its checkpoint when it is resumed, and starts anew when it is retried', async () => {
    const long = moduleJob(
      'long',
      `const from = job.checkpoint?.page ?? 0\njob.save({ page: from + 1 })\nthrow new Error('stopped at page ' + (from + 1))`,
    )
    await withHoldfast({ kinds: [long] }, async (holdfast) => {
      const { id } = await holdfast.perform(long, null)
      await holdfast.resume(id)
      assert.equal((await holdfast.runJob(id)).failure?.message, 'stopped at page 2')
      await holdfast.retry(id)
      assert.equal((await holdfast.runJob(id)).failure?.message, 'stopped at page 1')
    })
  })

  test('publishes what it writes, and what it does not declare is refused; the folder is gone when Holdfast closes', async () => {
    const build = moduleJob(
      'build',
      `const { writeFileSync } = await import('node:fs')
      writeFileSync(job.output('index') + '/films.txt', job.input)
      if (job.input === 'wrong') job.output('other')`,
      { artifacts: ['index'] },
    )
    const holdfast = await openTestHoldfast({ kinds: [build] })
    assert.ok(!existsSync(holdfast.data), 'nothing is on the disk before it is needed')
    await holdfast.perform(build, 'first')
    assert.match((await holdfast.perform(build, 'wrong')).failure?.message ?? '', /"other" is not declared/)
    const snapshot = await holdfast.artifact('index').current()
    assert.equal(snapshot?.number, 1)
    assert.equal(readFileSync(join(snapshot.path, 'films.txt'), 'utf8'), 'first')
    await holdfast.close()
    assert.ok(!existsSync(holdfast.data))
  })

  for (const [how, settle] of [
    ['throws', 'reject'],
    ['returns as if it were done', 'resolve'],
  ]) {
    test(`is stopped by its signal when it is cancelled: cancelled also when it ${how}`, async () => {
      const heeding = moduleJob(
        'heeding',
        `globalThis.onStarted()
        await new Promise((resolve, reject) => job.signal.addEventListener('abort', () => ${settle}(job.signal.reason)))`,
      )
      const started = Promise.withResolvers<void>()
      Object.assign(globalThis, { onStarted: started.resolve })
      await withHoldfast({ kinds: [heeding] }, async (holdfast) => {
        const { job } = await holdfast.submit(heeding, null)
        const draining = holdfast.drain()
        await started.promise
        assert.equal((await holdfast.cancel(job.id, { by: 'ada' })).state, 'stopping')
        const [ended] = await draining
        assert.deepEqual([ended?.state, ended?.failure?.message, ended?.exitCode], ['cancelled', 'Cancelled by ada', 143])
      })
    })
  }

  test('that does not heed its signal is ended without it after its grace', async () => {
    const deaf = moduleJob(
      'deaf',
      `globalThis.onStarted()
      await globalThis.mayGoOn
      return 'too late'`,
      { stopGraceMs: 5_000 },
    )
    const started = Promise.withResolvers<void>()
    const mayGoOn = Promise.withResolvers<void>()
    Object.assign(globalThis, { onStarted: started.resolve, mayGoOn: mayGoOn.promise })
    await withHoldfast({ kinds: [deaf] }, async (holdfast) => {
      const { job } = await holdfast.submit(deaf, null)
      let isOver = false
      const draining = holdfast.drain().finally(() => {
        isOver = true
      })
      await started.promise
      await holdfast.cancel(job.id)
      const cancelledAt = holdfast.clock.now()
      while (!isOver) await holdfast.clock.advance(1_000)
      assert.ok(holdfast.clock.now() - cancelledAt >= 5_000, 'not before its grace was over')
      mayGoOn.resolve()
      const [ended] = await draining
      assert.deepEqual([ended?.state, ended?.exitCode, ended?.result], ['cancelled', 137, null])
    })
  })

  test('can be read by a function of the test instead', async () => {
    const rebuild = defineJob({ kind: 'rebuild', module: '/app/rebuild.ts' })
    const modules = async (file: string) => ({ default: () => `instead of ${file}` })
    await withHoldfast({ kinds: [rebuild], modules }, async (holdfast) => {
      assert.equal((await holdfast.perform(rebuild, null)).result, 'instead of /app/rebuild.ts')
    })
  })
})
