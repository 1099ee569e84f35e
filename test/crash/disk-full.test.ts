// B10, B26: the disk fills up while jobs run. They go on, how they ended is recorded all the same, and nothing is called failed because we could not write.
import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { detachedLauncher } from '../../src/launch/detached.ts'
import { readExitRecord } from '../../src/launch/exit-record.ts'
import { temporaryFolder } from '../contract/temporary.ts'
import { runOnSmallDisk, smallDisk } from './disk/small-disk.ts'

const folder = temporaryFolder('disk')

test('I1 I5 I7: a full disk, and a read-only one', { timeout: 280_000 }, async (t) => {
  const disk = smallDisk()
  if ('missing' in disk) {
    t.diagnostic(`${disk.missing}; only the exit record was checked`)
    return checkRecord()
  }
  const said = await runOnSmallDisk(disk.kind, folder, fileURLToPath(new URL('disk/fill-up.ts', import.meta.url)))
  t.diagnostic(`${disk.kind}: ${said.stdout.trim()}`)
  assert.equal(said.stderr, '', 'no descriptor was forgotten')
  assert.match(said.stdout, /all recorded \d+ ms after there was room again/)
})

// What makes a record possible on a full disk: its block is there before the job starts, and it is overwritten, not made anew.
async function checkRecord(): Promise<void> {
  const launcher = detachedLauncher({ attempts: folder, runners: folder, pool: join(folder, 'pool'), ready: 1 })
  const attempt = await launcher.prepare('1-1-record')
  const file = join(attempt, 'exit')
  const before = readFileSync(file)
  assert.equal(before.length, 4)
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, '003\n')
  closeSync(descriptor)
  assert.deepEqual([readExitRecord(attempt), readFileSync(file).length], [3, before.length])
}
