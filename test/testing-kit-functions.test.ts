// The public testing kit's jobs that are functions: an app's inline handlers, and the test's own that plays a command.
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { defineJob } from 'holdfast'
import type { CommandRun, TestOptions } from 'holdfast/testing'
import { scan, withHoldfast } from './contract/test-holdfast.ts'

describe('an inline handler', () => {
  test('is called by drain, and what it says lands where it always does', async () => {
    const mail = defineJob<{ to: string }>({
      kind: 'mail',
      artifacts: ['letter'],
      async run(job) {
        job.phase('Send', { index: 1, of: 1 })
        job.progress({ done: 1, total: 2 })
        job.log(`to ${job.input.to}`)
        writeFileSync(join(job.output('letter'), 'letter.txt'), 'Dear Ada')
        return { sent: true }
      },
    })
    await withHoldfast({ kinds: [mail] }, async (holdfast) => {
      const job = await holdfast.perform(mail, { to: 'ada' })
      assert.deepEqual([job.state, job.result, job.progress?.done], ['succeeded', { sent: true }, 1])
      const { lines } = await holdfast.log(job.id)
      assert.deepEqual(
        lines.map(({ stream, text }) => `${stream}: ${text}`),
        [`system: attempt 1 started in the runner's process, pid ${process.pid}`, 'stdout: to ada', 'system: exit 0, published letter 1'],
      )
      assert.ok(existsSync(join((await holdfast.artifact('letter').current())?.path ?? '', 'letter.txt')))
    })
  })

  test('that throws is failed data, and the cause of what drain throws when it is asked to', async () => {
    const broken = defineJob<unknown>({
      kind: 'broken',
      run() {
        throw new TypeError('no such film')
      },
    })
    await withHoldfast({ kinds: [broken] }, async (holdfast) => {
      const job = await holdfast.perform(broken, null)
      assert.deepEqual([job.state, job.failure?.kind, job.failure?.message, job.exitCode], ['failed', 'error', 'no such film', 1])
      await holdfast.submit(broken, null)
      await assert.rejects(holdfast.drain({ throwOnFailure: true }), (error: Error) => error.cause instanceof TypeError)
    })
  })

  test('that is cancelled while it runs is told so', async () => {
    const told: string[] = []
    const waits = defineJob<unknown>({
      kind: 'waits',
      async run(job) {
        await cancel(job.id)
        await new Promise((resolve) => job.signal.addEventListener('abort', resolve))
        told.push((job.signal.reason as Error).message)
      },
    })
    let cancel: (id: number) => Promise<unknown> = async () => undefined
    await withHoldfast({ kinds: [waits] }, async (holdfast) => {
      cancel = (id) => holdfast.cancel(id, { by: 'ada' })
      const job = await holdfast.perform(waits, null)
      assert.deepEqual([job.state, told], ['cancelled', ['the job was cancelled by ada']])
    })
  })
})

describe('a command job', () => {
  test('is played by a function of the test', async () => {
    const runs: (Pick<CommandRun, 'kind' | 'input' | 'attempt'> & { argv: string[] })[] = []
    const commands: TestOptions['commands'] = (argv, { kind, input, attempt }) => {
      runs.push({ argv, kind, input, attempt })
      return {
        stdout: 'frame 1\nframe 2\n',
        stderr: 'slow disk\n',
        events: [{ progress: { done: 2, total: 2 } }, { result: { faces: 3 } }],
      }
    }
    await withHoldfast({ kinds: [scan], commands }, async (holdfast) => {
      const job = await holdfast.perform(scan, { video: 'a.mp4' })
      assert.deepEqual([job.state, job.result, job.progress?.done], ['succeeded', { faces: 3 }, 2])
      assert.deepEqual(runs, [{ argv: ['ffmpeg', '-i', 'a.mp4'], kind: 'scan', input: { video: 'a.mp4', speed: 1 }, attempt: 1 }])
      const { lines } = await holdfast.log(job.id, { stream: ['stdout', 'stderr'] })
      assert.deepEqual(
        lines.map(({ text }) => text),
        ['slow disk', 'frame 1', 'frame 2'],
      )
    })
  })

  test('fails as the program would', async () => {
    const commands = () => ({ exitCode: 3, stderr: 'ValueError: no faces\n' })
    await withHoldfast({ kinds: [scan], commands }, async (holdfast) => {
      const { failure, exitCode } = await holdfast.perform(scan, { video: 'a.mp4' })
      assert.deepEqual([exitCode, failure?.message], [3, 'ValueError: no faces'])
    })
  })

  test('publishes what the function writes', async () => {
    const build = defineJob({ kind: 'build', command: ['make'], artifacts: ['book'] })
    const commands = async (_argv: string[], run: CommandRun) => {
      writeFileSync(join(run.output('book'), 'book.txt'), 'a book')
      return undefined
    }
    await withHoldfast({ kinds: [build], commands }, async (holdfast) => {
      assert.equal((await holdfast.perform(build, null)).state, 'succeeded')
      assert.equal((await holdfast.artifact('book').current())?.files, 1)
    })
  })

  test('without such a function is refused, with the sentence that says what to give', async () => {
    await withHoldfast({ kinds: [scan] }, async (holdfast) => {
      const refused = { code: 'invalid_config', message: /^Job 1 \(scan\) runs the command `ffmpeg -i a\.mp4`.*commands: \(argv/ }
      await assert.rejects(holdfast.perform(scan, { video: 'a.mp4' }), refused)
      assert.equal((await holdfast.get(1))?.state, 'failed')
    })
  })

  test("a mistake in that function is the test's, not a failure of the job", async () => {
    const mistake = new Error('unexpected command')
    const commands = () => {
      throw mistake
    }
    await withHoldfast({ kinds: [scan], commands }, async (holdfast) => {
      await holdfast.submit(scan, { video: 'a.mp4' })
      await assert.rejects(holdfast.drain(), mistake)
    })
  })
})
