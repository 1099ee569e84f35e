// I9, I7: a job that reports without end does not fill the disk: what was read of its events file is given back, and nothing of it is read twice or lost.
import assert from 'node:assert/strict'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder, until } from '../../test/contract/temporary.ts'
import { limits } from '../core/limits.ts'
import { defineJob } from './define-job.ts'
import { openHoldfast } from './open-holdfast.ts'

const folder = temporaryFolder('events-bound')
const gate = join(folder, 'gate')
const mebibytes = 40

test('forty MiB of events: the disk holds the last of them, the job’s words are right, also for the runner that comes after', async () => {
  const many = `yes '{"progress":{"done":1,"total":9,"message":"${'x'.repeat(700)}"}}' | head -n ${Math.ceil((mebibytes * 2 ** 20) / 741)}`
  const script = `${many} >> "$HOLDFAST_EVENTS"; echo '{"progress":{"done":2}}' >> "$HOLDFAST_EVENTS"; echo '{"checkpoint":{"at":2}}' >> "$HOLDFAST_EVENTS"
    until [ -e ${gate} ]; do sleep 0.1; done; echo '{"progress":{"done":3}}' >> "$HOLDFAST_EVENTS"; echo '{"result":"all of it"}' >> "$HOLDFAST_EVENTS"`
  const kind = defineJob({ kind: 'talker', command: ['sh', '-c', script] })
  const open = () => openHoldfast({ data: join(folder, 'data'), kinds: [kind], runner: true })
  const first = await open()
  const { job } = await first.submit(kind, null)
  const done = async (opened: typeof first) => (await opened.get(job.id))?.progress?.done
  await until('all of it is read', async () => (await done(first)) === 2, 60_000)
  const name = readdirSync(join(folder, 'data/attempts')).find((one) => one.startsWith(`${job.id}-1-`)) ?? assert.fail()
  const events = () => statSync(join(folder, 'data/attempts', name, 'events'))
  const { size } = events()
  assert.ok(size > mebibytes * 2 ** 20)
  await until('what was read is given back', () => events().blocks * 512 <= size - limits.punchBytes)
  assert.equal(events().size, size, 'the job goes on writing where it was')
  await first.close()

  const second = await open()
  writeFileSync(gate, '')
  const ended = await second.wait(job.id)
  assert.deepEqual([ended.state, ended.result, ended.progress?.done, ended.attempts], ['succeeded', 'all of it', 3, 1])
  await second.close()
})
