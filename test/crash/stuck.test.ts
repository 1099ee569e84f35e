// I3 and I11 with a process that no signal ends: its job says so, stays `stopping` and holds its key, whoever looks after it, until the kernel lets it go.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Holdfast } from '../../src/index.ts'
import { isLiving } from '../contract/launched.ts'
import { settled, textOf } from '../contract/opened.ts'
import { temporaryFolder, until } from '../contract/temporary.ts'
import { membersOf, openActors, written } from './kills/actors.ts'
import { type Freezer, freezerKinds, openFreezer } from './stuck/freezers.ts'

const freezers: Freezer[] = []
// Before anything else is made: whoever is stuck can be removed only after it.
after(async () => {
  for (const freezer of freezers) await freezer.remove()
})
const { scene } = openActors('stuck')
const place = temporaryFolder('freezers')

const kinds = await freezerKinds(place)
for (const [index, kind] of (process.env.CRASH_WHOLE ? kinds : kinds.slice(0, 1)).entries())
  test(`I3 I11: ${kind}: what cannot be killed keeps its job and its key, and is shown, through a kill of its runner, until it is gone`, {
    timeout: 120_000,
  }, async () => {
    const { data, folder, start, look } = scene(`scene-${index}`)
    const [runner, looker] = [await start(), await look()]
    const freezer = await openFreezer(kind, join(place, `kept-${index}`))
    freezers.push(freezer)
    const id = await runner.submit(`echo $$; until [ -e ${folder}/gate ]; do sleep 0.02; done; exec tee ${freezer.file}`, 'locked')
    const pid = Number((await written(looker, id, 1))[0])
    await freezer.freeze(pid)
    writeFileSync(join(folder, 'gate'), '')
    await until('it is stuck', () => stateOf(pid) === 'D')
    const next = await runner.submit('echo got the key', 'locked')

    await looker.cancel(id, { by: 'ana' })
    await until('it is told', async () => (await looker.get(id))?.flags.includes('killIncomplete'), 30_000)
    await assertKept(looker, { id, next, pid })
    await runner.kill()
    const other = await start()
    await until('its adoption', async () => (await looker.detail(id))?.history[0]?.adoptedAt)
    assert.equal((await settled(looker, await other.submit('true'))).state, 'succeeded', 'others are not kept waiting')
    await assertKept(looker, { id, next, pid })

    await freezer.thaw()
    const [job, after] = [await settled(looker, id, 60_000), await settled(looker, next, 60_000)]
    assert.equal(isLiving(pid), false)
    assert.deepEqual([job.state, job.stopAskedBy, job.flags, job.attempts, after.state], ['cancelled', 'ana', [], 1, 'succeeded'])
    assert.ok((after.startedAt ?? 0) >= (job.finishedAt ?? Number.POSITIVE_INFINITY), 'the key was free only then')
    const told = (await textOf(looker, id, 'system')).filter((line) => /killed/.test(line))
    assert.deepEqual(told.slice(0, 2), [
      '1 of its processes cannot be killed: tried again until gone, its keys stay held',
      'what could not be killed is gone',
    ])
    assert.deepEqual([membersOf(data), await looker.locks.list()], [[], []])
  })

if (kinds.length === 0)
  test('I3 I11: what cannot be killed', (t) => {
    t.diagnostic(
      'a process that cannot be killed takes root, with a loop device and fsfreeze, or a freezer of cgroup v1; a fake one is in until-gone.test.ts',
    )
  })

async function assertKept(looker: Holdfast, { id, next, pid }: { id: number; next: number; pid: number }): Promise<void> {
  const [job, waiting] = [await looker.get(id), await looker.get(next)]
  assert.deepEqual([job?.state, job?.flags, job?.finishedAt], ['stopping', ['killIncomplete'], null])
  assert.deepEqual([waiting?.state, (await looker.locks.list())[0]?.heldBy, isLiving(pid)], ['queued', [id], true])
  assert.partialDeepStrictEqual(waiting?.waitingFor, { for: 'key', key: 'door', heldBy: [id] })
}

function stateOf(pid: number): string | undefined {
  return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1]
}
