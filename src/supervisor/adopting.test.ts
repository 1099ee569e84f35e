// Jobs outlive whoever opened Holdfast: they go on when it closes, the next one adopts or settles them, and none is started again.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { isLiving } from '../../test/contract/launched.ts'
import { openings, settled, shell, textOf, written } from '../../test/contract/opened.ts'
import { until } from '../../test/contract/temporary.ts'

// Its name ends in the claim's own part, which nobody knows before.
function folderOf(data: string, jobId: number): string {
  const attempts = join(data, 'attempts')
  return join(attempts, readdirSync(attempts).find((name) => name.startsWith(`${jobId}-1-`)) ?? assert.fail(`no folder of job ${jobId}`))
}

describe('closing', () => {
  const { data, open } = openings('closing')

  test('I4 I7: the process goes on; a second one adopts it: same attempt, started once, every line once', async () => {
    const first = await open()
    const [gate, starts] = [join(data, 'gate'), join(data, 'starts')]
    const script = `echo start >> ${starts}; i=0; while [ ! -e ${gate} ]; do i=$((i+1)); echo $i; sleep 0.01; done; echo $i > ${gate}.count; exit 6`
    const { job } = await first.submit(shell, { script })
    await written(first, job.id, 5)
    const waiting = assert.rejects(first.wait(job.id), { code: 'closed' })
    await first.close()
    await waiting
    await assert.rejects(first.get(job.id), { code: 'closed' })
    const before = readFileSync(join(folderOf(data, job.id), 'stdout.log'), 'utf8').length
    await until('it goes on', () => readFileSync(join(folderOf(data, job.id), 'stdout.log'), 'utf8').length > before)
    const second = await open()
    await until('it is adopted', async () => (await second.detail(job.id))?.history[0]?.adoptedAt)
    writeFileSync(gate, '')
    const done = await settled(second, job.id)
    assert.deepEqual([done.state, done.exitCode, done.attempts], ['failed', 6, 1])
    assert.equal(readFileSync(starts, 'utf8'), 'start\n')
    const count = Number(readFileSync(`${gate}.count`, 'utf8'))
    assert.deepEqual(
      await textOf(second, job.id),
      Array.from({ length: count }, (_, index) => String(index + 1)),
    )
    const { lines } = await second.log(job.id, { limit: 5_000 })
    assert.deepEqual(
      lines.map(({ seq }) => seq),
      lines.map((_, index) => index + 1),
    )
  })

  test('I5: what ended while nobody looked is settled by the next, with its own exit code', async () => {
    const first = await open()
    const gate = join(data, 'gate-2')
    const { job } = await first.submit(shell, { script: `echo ready; while [ ! -e ${gate} ]; do sleep 0.1; done; echo done; exit 4` })
    await written(first, job.id, 1)
    await first.close()
    writeFileSync(gate, '')
    const exit = join(folderOf(data, job.id), 'exit')
    await until('its exit record', () => readFileSync(exit, 'utf8').startsWith('004\n'))
    const second = await open()
    const done = await settled(second, job.id)
    assert.deepEqual([done.state, done.exitCode, await textOf(second, job.id)], ['failed', 4, ['ready', 'done']])
  })

  test('closing twice, and at once, is no trouble', async () => {
    const holdfast = await open([], { data: join(data, 'twice') })
    await Promise.all([holdfast.close(), holdfast.close()])
    await holdfast.close()
    await assert.rejects(holdfast.submit(shell, { script: 'true' }), { code: 'closed' })
  })
})

describe('a folder that is gone', () => {
  const { data, open } = openings('gone')

  test('I4: an attempt that began is not started again when its folder is gone', async () => {
    const first = await open()
    const starts = join(data, 'starts-2')
    const { job } = await first.submit(shell, { script: `echo start >> ${starts}; echo $$; exec sleep 100` })
    const [pid] = await written(first, job.id, 1)
    await first.close()
    process.kill(Number(pid), 'SIGKILL')
    await until('its end', () => !isLiving(Number(pid)))
    rmSync(folderOf(data, job.id), { recursive: true })
    const second = await open()
    await until(
      'the job was looked at',
      async () => (await second.get(job.id))?.state !== 'running' || readFileSync(starts, 'utf8') !== 'start\n',
    )
    assert.deepEqual([(await second.get(job.id))?.state, readFileSync(starts, 'utf8')], ['interrupted', 'start\n'])
  })
})
