// What bounds a command's processes and where its output goes, as far as the launcher sees to it.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ended, openLaunching, stdoutOf } from '../../test/contract/launched.ts'
import { temporaryFolder } from '../../test/contract/temporary.ts'
import { machineMemoryKills, writeAttemptRecord } from './attempt-record.ts'
import { limitMemory, memoryKills } from './cgroup.ts'

const { launcher, sh, start } = openLaunching('limited')

describe('limits', () => {
  test('open files are bounded for the command, not for the shim', async () => {
    const attempt = await sh('ulimit -n; ulimit -H -n; grep "open files" /proc/$PPID/limits', { limits: { openFiles: 64 } })
    await ended(launcher, attempt)
    const [soft, hard, shim] = stdoutOf(attempt).split('\n')
    assert.deepEqual([soft, hard], ['64', '64'])
    assert.doesNotMatch(shim ?? '', / 64 /)
    assert.partialDeepStrictEqual(attempt.started, { started: true, applied: { openFiles: true } })
  })

  test('a limit above what the system allows is no reason not to start', async () => {
    const attempt = await sh('echo ran', { limits: { openFiles: 2 ** 40 } })
    assert.equal((await ended(launcher, attempt)).exitCode, 0)
    assert.equal(stdoutOf(attempt), 'ran\n')
    assert.equal(readFileSync(join(attempt.folder, 'stderr.log'), 'utf8'), '')
  })

  test('processor time is bounded for each process: it ends by SIGXCPU', async () => {
    const attempt = await sh('while :; do :; done', { limits: { cpuSeconds: 1 } })
    assert.equal((await launcher.ended(attempt.folder, AbortSignal.timeout(60_000))).exitCode, 128 + 24)
  })

  test('memory is bounded by the kernel where it can be, and it is said whether it is', async () => {
    const attempt = await start(['python3', '-c', 'b = bytearray(200 * 1024 * 1024); print(len(b))'], {
      limits: { memoryBytes: 64 * 1024 * 1024 },
    })
    const { exitCode } = await ended(launcher, attempt)
    const { limitsMemory } = await launcher.facilities()
    assert.partialDeepStrictEqual(attempt.started, { started: true, applied: { memoryBytes: limitsMemory } })
    assert.deepEqual([exitCode, launcher.outOfMemory(attempt.folder)], limitsMemory ? [137, 'yes'] : [0, 'no'])
  })

  test("the kernel's files get the bound, and say who was killed by it", () => {
    const cgroup = temporaryFolder('memory')
    assert.equal(limitMemory(cgroup, 1_000), false, 'no such file, and none is made')
    for (const file of ['memory.max', 'memory.swap.max', 'memory.oom.group']) writeFileSync(join(cgroup, file), '')
    assert.equal(limitMemory(cgroup, 65_536.5), true)
    assert.deepEqual(
      ['memory.max', 'memory.swap.max', 'memory.oom.group'].map((file) => readFileSync(join(cgroup, file), 'utf8')),
      ['65536', '0', '1'],
    )
    assert.equal(memoryKills(cgroup), 0)
    writeFileSync(join(cgroup, 'memory.events'), 'low 0\noom 3\noom_kill 2\noom_group_kill 1\n')
    assert.equal(memoryKills(cgroup), 2)
  })

  test('out of memory: yes when its group says so, likely when the machine killed somebody since, else no', () => {
    const folder = temporaryFolder('out-of-memory')
    assert.equal(launcher.outOfMemory(folder), 'no')
    writeAttemptRecord(folder, { cgroup: null, outlivesOrphans: false, memoryKills: machineMemoryKills() })
    assert.equal(launcher.outOfMemory(folder), 'no')
    writeAttemptRecord(folder, { cgroup: null, outlivesOrphans: false, memoryKills: machineMemoryKills() - 1 })
    assert.equal(launcher.outOfMemory(folder), 'likely')
    const cgroup = join(folder, 'group')
    mkdirSync(cgroup)
    writeFileSync(join(cgroup, 'memory.events'), 'oom_kill 1\n')
    writeAttemptRecord(folder, { cgroup, outlivesOrphans: false, memoryKills: machineMemoryKills() })
    assert.equal(launcher.outOfMemory(folder), 'yes')
  })
})

test('I7: merged output stands in one file, in the exact order; split in two', async () => {
  const script = 'for i in 1 2 3 4 5 6 7 8 9; do echo out $i; echo err $i >&2; done'
  const expected = Array.from({ length: 9 }, (_, index) => `out ${index + 1}\nerr ${index + 1}\n`).join('')
  const merged = await sh(script, { output: 'merged' })
  await ended(launcher, merged)
  assert.deepEqual([stdoutOf(merged), readFileSync(join(merged.folder, 'stderr.log'), 'utf8')], [expected, ''])
  const split = await sh(script)
  await ended(launcher, split)
  assert.equal(stdoutOf(split), expected.replace(/err .\n/g, ''))
})
