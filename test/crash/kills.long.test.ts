// Kill -9 among the processes of a job, and of one runner after the other of several: nothing is lost, doubled or left behind.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { settled } from '../contract/opened.ts'
import { until } from '../contract/temporary.ts'
import { attemptFolder, membersOf, openActors, shimOf, signalled, written } from './kills/actors.ts'
import { assertCounted, counting, linesIn, openGate, startsIn } from './kills/counting.ts'

const { scene } = openActors('kills')

describe('two and four runners on one folder', () => {
  for (const count of process.env.CRASH_WHOLE ? [2, 4] : [2])
    test(`I3 I4: ${count} runners, one after the other killed: each job started once, the key held by one at a time`, async () => {
      const { folder, start, look } = scene(`runners-${count}`)
      const runners = await Promise.all(Array.from({ length: count }, () => start({ slots: 2 })))
      const looker = await look()
      // A folder can be made by one at a time: whoever finds it there shares his key.
      const exclusive = `echo $HOLDFAST_JOB_ID >> ${folder}/starts; mkdir ${folder}/inside || exit 9; sleep 0.02; rmdir ${folder}/inside`
      const plain = `echo $HOLDFAST_JOB_ID >> ${folder}/starts; sleep 0.02`
      const ids: number[] = []
      mkdirSync(folder, { recursive: true })
      for (let job = 0; job < 8 * count; job++) {
        const { id } = (await looker.submit(job % 3 === 0 ? 'locked' : 'shell', { script: job % 3 === 0 ? exclusive : plain })).job
        ids.push(id)
        // All but one of them.
        if (job % 8 === 4) await runners.pop()?.kill()
        if (runners.length === 0) runners.push(await start({ slots: 2 }))
      }
      const jobs = await Promise.all(ids.map((id) => settled(looker, id, 60_000)))
      assert.deepEqual(new Set(jobs.map(({ state, attempts }) => `${state} ${attempts}`)), new Set(['succeeded 1']))
      assert.deepEqual(
        linesIn(join(folder, 'starts'))
          .map(Number)
          .sort((a, b) => a - b),
        ids,
      )
    })
})

describe('kill -9 among the processes of a job', () => {
  test('I3 I5 I10: of the shim alone: it runs on and holds its key; when it has ended its outcome is unknown, not failed', async () => {
    const { data, folder, start, look } = scene('shim')
    const runner = await start()
    const looker = await look()
    const id = await runner.submit(counting(folder), 'locked')
    await written(looker, id, 1)
    process.kill(shimOf(attemptFolder(data, id)), 'SIGKILL')
    // The runner has looked at everything while it does another job.
    assert.equal((await settled(looker, await runner.submit('true'))).state, 'succeeded')
    assert.deepEqual([(await looker.get(id))?.state, (await looker.locks.list())[0]?.heldBy], ['running', [id]])
    openGate(folder)
    const job = await settled(looker, id)
    assert.deepEqual([job.state, job.attempts], ['interrupted', 1])
    await assertCounted(looker, id)
  })

  test('I7: of its main process: failed, with the signal named; of a child of it: it goes on', async () => {
    const { data, start, look } = scene('job')
    const runner = await start()
    const looker = await look()
    const killed = await runner.submit('echo $$; exec sleep 60')
    process.kill(Number((await written(looker, killed, 1))[0]), 'SIGKILL')
    const failed = await settled(looker, killed)
    assert.deepEqual([failed.state, failed.exitCode, failed.failure?.signal], ['failed', 137, 'SIGKILL'])
    const parent = await runner.submit('sleep 60 & echo $!; wait $!; echo "child: $?"')
    process.kill(Number((await written(looker, parent, 1))[0]), 'SIGKILL')
    assert.equal((await settled(looker, parent)).state, 'succeeded')
    assert.deepEqual((await written(looker, parent, 2))[1], 'child: 137')
    assert.deepEqual(membersOf(data), [])
  })

  test('I3 I13: of its main process while a child lives: nothing of it is left when its key is free', async () => {
    const { data, folder, start, look } = scene('orphan')
    const runner = await start()
    const looker = await look()
    const id = await runner.submit(`(trap '' TERM; while :; do sleep 0.05; done) & echo $$; wait`, 'locked')
    const [pid] = await written(looker, id, 1)
    // The next one for the key sees what is left of the one before.
    const next = await runner.submit(
      `cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c "^HOLDFAST_DIR=${data}/attempts/${id}-" > ${folder}/left; true`,
      'locked',
    )
    process.kill(Number(pid), 'SIGKILL')
    assert.deepEqual([(await settled(looker, id)).state, (await settled(looker, next)).state], ['failed', 'succeeded'])
    assert.equal(readFileSync(join(folder, 'left'), 'utf8'), '0\n')
  })

  test('I5: of all of it with its shim: interrupted, and the key is free', async () => {
    const { data, start, look } = scene('tree')
    const runner = await start()
    const looker = await look()
    const id = await runner.submit('sleep 60 & echo ready; wait', 'locked')
    await written(looker, id, 1)
    const attempt = attemptFolder(data, id)
    // The shim first: it would write down how its command ended.
    process.kill(shimOf(attempt), 'SIGKILL')
    for (const pid of membersOf(attempt)) process.kill(pid, 'SIGKILL')
    assert.deepEqual([(await settled(looker, id)).state], ['interrupted'])
    assert.equal((await settled(looker, await runner.submit('true', 'locked'))).state, 'succeeded')
  })

  test('I10: a job that is frozen is not declared dead by anybody, and goes on', async () => {
    const { data, folder, start, look } = scene('frozen-job')
    const runner = await start()
    const looker = await look()
    const id = await runner.submit(counting(folder))
    await written(looker, id, 1)
    const members = membersOf(attemptFolder(data, id))
    for (const pid of members) signalled(pid, 'SIGSTOP')
    await runner.kill()
    const other = await start()
    await until('its adoption', async () => (await looker.detail(id))?.history[0]?.adoptedAt, 60_000)
    assert.equal((await settled(looker, await other.submit('true'))).state, 'succeeded')
    assert.equal((await looker.get(id))?.state, 'running')
    openGate(folder)
    for (const pid of members) signalled(pid, 'SIGCONT')
    const job = await settled(looker, id)
    assert.deepEqual([job.state, job.exitCode, job.attempts, startsIn(folder)], ['failed', 6, 1, 'start\n'])
    await assertCounted(looker, id)
  })
})
