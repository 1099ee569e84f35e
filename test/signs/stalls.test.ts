// I10: silence is told with facts and is no verdict, unless the kind declares one. Real processes, each silent in its own way.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { defineJob, type Holdfast, type Job, openHoldfast } from 'holdfast'
import { stalledWords } from '../../src/core/stall-words.ts'
import { temporaryFolder, until } from '../contract/temporary.ts'

const stallAfterMs = 1_500
const shell = (kind: string, script: string, options = {}) =>
  defineJob({ kind, command: ['sh', '-c', script], stallAfterMs, stopGraceMs: 200, ...options })
const moduleFile = (name: string) => new URL(`./${name}`, import.meta.url)

const kinds = [
  shell('prints', 'while :; do echo still here; sleep 0.2; done', { stallAfterMs: 4_000 }),
  shell('busy', 'echo computing; while :; do :; done'),
  shell('idle', 'echo waiting; exec sleep 1000'),
  shell('paused', 'echo paused now; kill -STOP $$; sleep 1000'),
  defineJob({ kind: 'blocked', module: moduleFile('blocked-loop.ts'), stallAfterMs, stopGraceMs: 200 }),
  shell('beatless', 'while :; do echo printing; sleep 0.2; done', { heartbeats: 'explicit' }),
  shell('recovers', 'echo one; while [ ! -e "$GATE" ]; do sleep 0.1; done; echo two; exec sleep 1000'),
  shell('cancels', 'echo one; exec sleep 1000', { onStall: 'cancel', stallLimitMs: 2_500 }),
  defineJob({
    kind: 'counts-on',
    module: moduleFile('counts-on.ts'),
    stallAfterMs,
    // A module needs a moment to start.
    firstHeartbeatWithinMs: 30_000,
    stallLimitMs: 2_500,
    onStall: 'retry',
    retry: { attempts: 2, delayMs: 0, resume: true },
    stopGraceMs: 200,
  }),
]

describe('silence', { concurrency: true }, () => {
  let opened: Promise<Holdfast> | null = null
  const holdfast = () => {
    opened ??= openHoldfast({ data: join(data, 'data'), kinds, runner: { slots: kinds.length } })
    return opened
  }
  after(async () => {
    const instance = await holdfast()
    await instance.cancelMany({})
    await until(
      'all are stopped',
      async () => (await instance.list({ state: ['queued', 'running', 'stopping'] })).jobs.length === 0,
      30_000,
    )
    await instance.close()
  })
  // Made last, so that it is removed last.
  const data = temporaryFolder('stalls')

  async function submitted(kind: string): Promise<number> {
    return (await (await holdfast()).submit(kind)).job.id
  }

  async function jobWhen(id: number, what: string, is: (job: Job) => boolean): Promise<Job> {
    const instance = await holdfast()
    return until(
      `${what}, job ${id}`,
      async () => {
        const job = await instance.get(id)
        return job && is(job) ? job : null
      },
      60_000,
    )
  }

  const isStalled = (job: Job) => job.flags.includes('stalled') && job.stalled?.process !== null

  for (const [kind, words] of [
    ['busy', /^busy, \d+ % CPU, silent for \d+ s; last line: computing$/],
    ['idle', /^alive, \d % CPU, silent for \d+ s; last line: waiting$/],
    ['paused', /^paused by a signal \(SIGSTOP\), silent for \d+ s; last line: paused now$/],
    ['blocked', /^busy, \d+ % CPU, silent for \d+ s; last line: about to compute$/],
    ['beatless', /^(?:alive|busy), \d+ % CPU, no heartbeat for \d+ s; last line: printing$/],
  ] as const)
    test(`I10: a job that is ${kind} is told so, and runs on`, async () => {
      const id = await submitted(kind)
      const job = await jobWhen(id, 'stalled', (seen) => isStalled(seen) && words.test(stalledWords(seen.stalled ?? assert.fail())))
      assert.equal(job.state, 'running')
      const { lines } = await (await holdfast()).log(id, { stream: ['system'] })
      const told = (start: string) => lines.filter(({ text }) => text.startsWith(start)).length
      assert.equal(told('stalled: '), told('a sign of life again') + 1, 'each silence is told once in the log')
    })

  test('I10: a job that prints for ever is never called stalled', async () => {
    const id = await submitted('prints')
    const job = await jobWhen(
      id,
      'twice the limit has passed',
      ({ startedAt, heartbeatAt }) => heartbeatAt! - startedAt! > 2 * stallAfterMs,
    )
    assert.deepEqual([job.state, job.flags, job.stalled], ['running', [], null])
  })

  test('a person who says to keep waiting is heard: it is stalled anew only after another silence', async () => {
    const id = await submitted('idle')
    await jobWhen(id, 'stalled', isStalled)
    const instance = await holdfast()
    const kept = await instance.keepWaiting(id, { by: 'ana' })
    assert.deepEqual([kept.flags, kept.stalled, typeof kept.waitedAt], [[], null, 'number'])
    const again = await jobWhen(id, 'stalled again', isStalled)
    assert.ok(again.stalled!.since - kept.waitedAt! >= stallAfterMs - 100, 'not before another silence')
    const { events } = (await instance.detail(id)) ?? assert.fail()
    assert.deepEqual(
      events.filter(({ name }) => name === 'keep waiting').map(({ by }) => by),
      ['ana'],
    )
    await assert.rejects(instance.keepWaiting(999_999), { code: 'job_not_found' })
  })

  test('I10 I5: where the kind declares it, silence ends the job with the reason, and only then', async () => {
    const id = await submitted('cancels')
    const job = await jobWhen(id, 'failed', ({ state }) => state === 'failed')
    assert.equal(job.failure?.kind, 'stall')
    assert.match(job.failure?.message ?? '', /^Gave no sign of life: (?:alive|busy), \d+ % CPU, silent for \d+ s; last line: one$/)
    assert.ok(job.finishedAt! - job.startedAt! >= 2_400)
    await assert.rejects((await holdfast()).keepWaiting(id), { code: 'wrong_state' })
  })

  test('I9: a silent job that is retried goes on from its checkpoint, and ends like one that was never interrupted', async () => {
    const id = await submitted('counts-on')
    const job = await jobWhen(id, 'succeeded', ({ state }) => state === 'succeeded')
    assert.deepEqual([job.result, job.attempts], [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 2])
    const { history } = (await (await holdfast()).detail(id)) ?? assert.fail()
    assert.equal(history[0]?.failure?.kind, 'stall')
  })
})
