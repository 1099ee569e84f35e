// Attempts with real exit codes: how many there are, when they come, what is kept of each, and what a job can say of its next one.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { settled, textOf, written } from '../contract/opened.ts'
import { until } from '../contract/temporary.ts'
import { onOneDatabase, say, script, spawnRunner } from './places.ts'

const soon = { attempts: 3, delayMs: 20, backoff: 'fixed' }
const hourMs = 3_600_000

onOneDatabase('retries', (place) => {
  const flaky = script('flaky', { retry: soon })
  const patient = script('patient', { retry: { attempts: 3, delayMs: hourMs, backoff: 'fixed' } })
  const once = script('once')

  test('I4 I7: tried again until it ends well; every attempt is kept, and the log is numbered through', async () => {
    const holdfast = await place.open([flaky])
    const { job } = await holdfast.submit(flaky, `echo try $HOLDFAST_ATTEMPT; case $HOLDFAST_ATTEMPT in 1) exit 3;; 2) kill -9 $$;; esac`)
    const done = await settled(holdfast, job.id)
    assert.deepEqual([done.state, done.attempts, done.mostAttempts, done.failure, done.exitCode], ['succeeded', 3, 3, null, 0])
    const detail = await holdfast.detail(job.id)
    assert.deepEqual(
      detail?.history.map(({ attempt, exitCode, signal, failure }) => [attempt, exitCode, signal, failure?.kind]),
      [
        [1, 3, null, 'exit'],
        [2, 137, 'SIGKILL', 'signal'],
        [3, 0, null, undefined],
      ],
    )
    const { lines } = await holdfast.log(job.id)
    assert.deepEqual(
      lines.map(({ seq }) => seq),
      lines.map((_, index) => index + 1),
    )
    assert.deepEqual(await textOf(holdfast, job.id), ['try 1', 'try 2', 'try 3'])
  })

  test('I4: never more attempts than the policy has; the last failure is the job’s', async () => {
    const holdfast = await place.open([flaky])
    const { job } = await holdfast.submit(flaky, `echo start >> ${place.path('starts')}; exit $HOLDFAST_ATTEMPT`)
    const done = await settled(holdfast, job.id)
    assert.deepEqual([done.state, done.attempts, done.exitCode, done.failure?.exitCode], ['failed', 3, 3, 3])
    assert.equal(readFileSync(place.path('starts'), 'utf8'), 'start\n'.repeat(3))
  })

  test('I4: a person’s retry adds one attempt, and no more by itself', async () => {
    const holdfast = await place.open([once])
    const { job } = await holdfast.submit(once, 'exit 1')
    await settled(holdfast, job.id)
    await holdfast.retry(job.id, { by: 'ana' })
    const done = await settled(holdfast, job.id)
    assert.deepEqual([done.state, done.attempts], ['failed', 2])
  })

  test('between attempts it waits for its time, and can be cancelled', async () => {
    const holdfast = await place.open([patient])
    const { job } = await holdfast.submit(patient, 'exit 1')
    const waiting = await until('it waits', async () => {
      const now = await holdfast.get(job.id)
      return now?.state === 'queued' && now.attempts === 1 ? now : null
    })
    assert.ok(waiting.availableAt > Date.now() + hourMs / 2)
    assert.deepEqual([waiting.waitingFor, waiting.failure?.kind], [{ for: 'time', until: waiting.availableAt }, 'exit'])
    await holdfast.cancel(job.id, { by: 'ana' })
    const done = await settled(holdfast, job.id)
    assert.deepEqual([done.state, done.attempts, done.failure?.message], ['cancelled', 1, 'Cancelled by ana'])
  })

  test('a shell job says what becomes of it: not again, or soon instead of in an hour', async () => {
    const holdfast = await place.open([flaky, patient])
    const never = `${say({ error: { message: 'no sound', retry: false } })}; exit 1`
    const later = `[ $HOLDFAST_ATTEMPT = 2 ] || { ${say({ error: { message: 'busy', retryAfterMs: 30 } })}; exit 1; }`
    const [no, yes] = [await holdfast.submit(flaky, never), await holdfast.submit(patient, later)]
    const gaveUp = await settled(holdfast, no.job.id)
    assert.deepEqual([gaveUp.state, gaveUp.attempts, gaveUp.failure?.message], ['failed', 1, 'no sound'])
    const done = await settled(holdfast, yes.job.id)
    assert.deepEqual([done.state, done.attempts], ['succeeded', 2])
  })

  test('so does a module, by what it throws', async () => {
    const never = place.moduleJob('never', `throw doNotRetry('no sound')`, { retry: soon })
    const later = place.moduleJob('later', `if (job.attempt === 1) throw retryLater(30, 'busy')`, {
      retry: { attempts: 2, delayMs: hourMs },
    })
    const holdfast = await place.open([never, later])
    const [no, yes] = [await holdfast.submit(never), await holdfast.submit(later)]
    const gaveUp = await settled(holdfast, no.job.id)
    assert.deepEqual([gaveUp.state, gaveUp.attempts, gaveUp.failure?.message], ['failed', 1, 'no sound'])
    assert.deepEqual([(await settled(holdfast, yes.job.id)).attempts], [2])
  })

  test('a snooze is no failure and counts as no try; nothing is published for it', async () => {
    const snoozer = place.moduleJob(
      'snoozer',
      `const { writeFileSync } = await import('node:fs')
       writeFileSync(job.output('index') + '/n', String(job.attempt))
       if (job.attempt === 1) throw snooze(30)
       return job.attempt`,
      { artifacts: ['index'] },
    )
    const holdfast = await place.open([snoozer, once])
    const inShell = await holdfast.submit(once, `[ $HOLDFAST_ATTEMPT = 2 ] || ${say({ snooze: { ms: 10 } })}`)
    const { job } = await holdfast.submit(snoozer)
    const done = await settled(holdfast, job.id)
    assert.deepEqual([done.state, done.attempts, done.mostAttempts, done.result, done.failure], ['succeeded', 2, 1, 2, null])
    assert.deepEqual(await textOf(holdfast, job.id, 'stderr'), [])
    const snapshots = await holdfast.artifact('index').snapshots()
    assert.deepEqual(
      snapshots.map(({ attempt }) => attempt),
      [2],
    )
    assert.deepEqual((await settled(holdfast, inShell.job.id)).attempts, 2)
  })

  test('I9: who snoozes goes on from what he saved, whatever the retry policy says of failures', async () => {
    const patient = place.moduleJob(
      'patient',
      `const page = job.checkpoint?.page ?? 0
       if (page === 2) return { page, attempt: job.attempt }
       await job.save({ page: page + 1 })
       throw snooze(10)`,
    )
    const holdfast = await place.open([patient])
    const done = await settled(holdfast, (await holdfast.submit(patient)).job.id)
    assert.deepEqual([done.state, done.result], ['succeeded', { page: 2, attempt: 3 }])
  })

  test('I9: resume goes on from what was saved last, retry from the start', async () => {
    const saver = place.moduleJob(
      'saver',
      `job.save({ at: job.attempt * 10 }); console.log(JSON.stringify(job.checkpoint)); throw new Error('stuck')`,
    )
    const holdfast = await place.open([saver])
    const { job } = await holdfast.submit(saver)
    await settled(holdfast, job.id)
    await holdfast.resume(job.id, { by: 'ana' })
    await settled(holdfast, job.id)
    await holdfast.resume(job.id)
    await settled(holdfast, job.id)
    await holdfast.retry(job.id)
    await settled(holdfast, job.id)
    assert.deepEqual(await textOf(holdfast, job.id), ['null', '{"at":10}', '{"at":20}', 'null'])
  })

  test('I11: a running job is resumed: it is stopped first, and goes on in a new process', async () => {
    const hanging = place.moduleJob(
      'hanging',
      `console.log('ready', process.pid); if (job.checkpoint) return job.checkpoint; job.save({ at: 7 }); await new Promise(() => setInterval(() => {}, 1000))`,
      { stopGraceMs: 50 },
    )
    const holdfast = await place.open([hanging])
    const { job } = await holdfast.submit(hanging)
    await written(holdfast, job.id, 1)
    assert.equal((await holdfast.resume(job.id, { by: 'ana' })).state, 'stopping')
    const done = await settled(holdfast, job.id)
    assert.deepEqual([done.state, done.result, done.attempts, done.failure], ['succeeded', { at: 7 }, 2, null])
  })

  test('I1 I4: a runner that is killed between two attempts; the next one makes the second, once', async () => {
    const starts = place.path('killed-starts')
    const policy = { attempts: 2, delayMs: 700, backoff: 'fixed' as const }
    const slow = script('slow', { retry: policy })
    const watcher = await place.open([], { runner: false })
    const child = spawnRunner(place, `defineJob({ kind: 'slow', command: (text) => ['sh', '-c', text], retry: ${JSON.stringify(policy)} })`)
    const submitter = await place.open([slow], { runner: false })
    const { job } = await submitter.submit(slow, `echo start >> ${starts}; [ $HOLDFAST_ATTEMPT = 2 ]`)
    await until('its first attempt has failed', async () => {
      const now = await watcher.get(job.id)
      return now?.state === 'queued' && now.attempts === 1
    })
    child.kill('SIGKILL')
    const next = await place.open([slow])
    const done = await settled(next, job.id)
    assert.deepEqual([done.state, done.attempts, readFileSync(starts, 'utf8')], ['succeeded', 2, 'start\nstart\n'])
  })

  test('I4: an attempt whose end nobody saw is followed by another one only where the kind says so', async () => {
    const safe = script('safe', { safeToRepeat: true })
    const text = (name: string) => `echo $PPID; [ $HOLDFAST_ATTEMPT = 2 ] || while [ ! -e ${place.path(name)} ]; do sleep 0.1; done`
    const holdfast = await place.open([safe, once])
    for (const [kind, state, attempts] of [
      ['safe', 'succeeded', 2],
      ['once', 'interrupted', 1],
    ] as const) {
      const { job } = await holdfast.submit(kind, text(kind))
      const [shim] = await written(holdfast, job.id, 1)
      const pid = (await holdfast.detail(job.id))?.history[0]?.pid
      assert.equal(Number(shim), pid)
      // The one that would write the exit code is gone first; so nobody sees how the job ends.
      process.kill(Number(shim), 'SIGKILL')
      writeFileSync(place.path(kind), '')
      const done = await settled(holdfast, job.id)
      assert.deepEqual([done.state, done.attempts], [state, attempts], kind)
    }
  })
})
