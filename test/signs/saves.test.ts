// I9: what was saved is kept before that is acknowledged: a kill -9 in the next breath takes nothing away.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openHoldfast } from 'holdfast'
import { temporaryFolder } from '../contract/temporary.ts'
import { holdfast as command, ended } from '../crash/command-line.ts'
import { savesInline, savesModule, savesTooMuch } from './saving-kinds.ts'

const folder = temporaryFolder('saves')
const kinds = [savesInline, savesModule, savesTooMuch]

test('I9: a module that is killed when it has saved goes on from there', async (test) => {
  const holdfast = await openHoldfast({ data: join(folder, 'module'), kinds })
  test.after(() => holdfast.close())
  const { job } = await holdfast.submit(savesModule)
  const { state: ending, saved, progress } = await holdfast.wait(job.id)
  assert.deepEqual([ending, saved?.phase, saved?.done, saved?.total, progress?.phase?.name], ['failed', 'Read', 12, 40, 'Write'])
  assert.match(
    (await command(join(folder, 'module'), 'show', String(job.id))).stdout,
    /^ {2}Saved {6}Read, 30 %, 12 of 40 pages, at \d\d:\d\d:\d\d$/m,
  )
  await holdfast.resume(job.id)
  const { state, result } = await holdfast.wait(job.id)
  assert.deepEqual([state, result], ['succeeded', { page: 12 }])
})

test('I9: an inline handler whose process is killed when it has saved goes on from there in the next one', async (test) => {
  const data = join(folder, 'inline')
  const app = spawn(process.execPath, ['--conditions=holdfast-source', fileURLToPath(new URL('./saving-app.ts', import.meta.url)), data], {
    stdio: 'inherit',
  })
  await ended(app)
  assert.equal(app.signalCode, 'SIGKILL')
  const holdfast = await openHoldfast({ data, kinds })
  test.after(() => holdfast.close())
  const { state: ending, saved } = await holdfast.wait(1)
  assert.deepEqual([ending, saved?.phase, saved?.done], ['interrupted', 'Read', 12])
  await holdfast.resume(1)
  const { state, result } = await holdfast.wait(1)
  assert.deepEqual([state, result], ['succeeded', { page: 12 }])
})

test('a checkpoint that is too large is refused where it is saved', async (test) => {
  const holdfast = await openHoldfast({ data: join(folder, 'large'), kinds })
  test.after(() => holdfast.close())
  const { job } = await holdfast.submit(savesTooMuch)
  const { state, failure } = await holdfast.wait(job.id)
  assert.equal(state, 'failed')
  assert.match(failure?.message ?? '', /larger than 1 MiB/)
})
