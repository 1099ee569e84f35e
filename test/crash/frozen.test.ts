// A runner that is frozen longer than its lease: others take its jobs over, and it changes nothing when it goes on. The lease is half a minute,
// so this is a test of `npm run test:crash` alone; what the fence refuses is tested fast in test/contract/store and test/simulation.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { limits } from '../../src/core/limits.ts'
import { settled } from '../contract/opened.ts'
import { until } from '../contract/temporary.ts'
import { membersOf, openActors, written } from './kills/actors.ts'

const { scene } = openActors('frozen')

if (process.env.CRASH_WHOLE)
  test('I4 I5 I6 I10: a frozen runner: its jobs go on, are taken over after its lease, and end once; thawed, it changes nothing', {
    timeout: 240_000,
  }, async () => {
    const { data, folder, start, look } = scene('runner')
    const frozen = await start({ slots: 4 })
    const looker = await look()
    const script = `echo start >> ${folder}/starts; echo ready; until [ -e ${folder}/gate ]; do sleep 0.1; done; echo done; exit 6`
    const ids = [await frozen.submit(script, 'locked'), await frozen.submit(script)]
    for (const id of ids) await written(looker, id, 1)
    frozen.process.kill('SIGSTOP')
    const other = await start({ slots: 4 })
    // It is alive as far as anybody can see, so nobody takes anything from it yet.
    assert.equal((await settled(looker, await other.submit('true'))).state, 'succeeded')
    assert.deepEqual(await Promise.all(ids.map(async (id) => (await looker.detail(id))?.history[0]?.adoptedAt)), [null, null])
    const isAdopted = async (id: number) => (await looker.detail(id))?.history[0]?.adoptedAt
    for (const id of ids) await until('its adoption after the lease', () => isAdopted(id), 2 * limits.leaseMs)
    const tokens = await Promise.all(ids.map(async (id) => (await looker.get(id))?.version))
    frozen.process.kill('SIGCONT')
    // Awake again it does other work, and writes nothing of what it has lost.
    assert.equal((await settled(looker, await frozen.submit('true'))).state, 'succeeded')
    assert.deepEqual(await Promise.all(ids.map(async (id) => (await looker.get(id))?.version)), tokens)
    writeFileSync(join(folder, 'gate'), '')
    for (const id of ids) {
      const job = await settled(looker, id)
      assert.deepEqual([job.state, job.exitCode, job.attempts], ['failed', 6, 1])
      const detail = await looker.detail(id)
      assert.equal(detail?.events.filter(({ name }) => name === 'failed').length, 1)
      assert.deepEqual(await written(looker, id, 2), ['ready', 'done'])
    }
    assert.equal(readFileSync(join(folder, 'starts'), 'utf8'), 'start\n'.repeat(2))
    await until('nothing is left', () => membersOf(data).length === 0)
  })
