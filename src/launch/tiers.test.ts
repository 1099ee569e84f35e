// I3, I11, I12 on the means of ending a tree that keep what they promise. Those that cannot promise it: weak-tiers.long.test.ts.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { bomb, escapeNames, startEscape, stopEscape } from '../../test/contract/escapes.ts'
import { carriersOf, ended, isLiving, lines, openLaunching, stop } from '../../test/contract/launched.ts'
import { until } from '../../test/contract/temporary.ts'
import { cgroupOf, writeAttemptRecord } from './attempt-record.ts'
import { findCgroupBase, makeCgroup } from './cgroup.ts'
import { findMeans } from './facilities.ts'
import { processTable } from './process-table.ts'

const hasCgroups = findCgroupBase() !== null
const strong = hasCgroups ? (['cgroup', 'subreaper'] as const) : (['subreaper'] as const)
const last = 'and without any descriptor of ours'

for (const killTier of strong)
  describe(`I3 I11: the tier ${killTier}`, () => {
    const launching = openLaunching(`tier-${killTier}`, { killTier })
    const { launcher, sh, start } = launching

    for (const way of escapeNames)
      test(`nobody is left: ${way}`, async () => {
        assert.deepEqual(await stopEscape(launching, way), { gone: true, survivors: 0, lives: false, proven: true })
      })

    test('orphans are found after the end of their command, whose exit code is kept', async () => {
      const { attempt, pid } = await startEscape(launching, last)
      process.kill(Number((await children(attempt.process!.pid))[0]), 'SIGKILL')
      assert.equal((await ended(launcher, attempt)).exitCode, 137)
      assert.ok(isLiving(pid))
      assert.ok((await launcher.left(attempt)) >= 1)
      assert.deepEqual(await stop(launcher, attempt, 20), { found: true, gone: true, killed: true, survivors: 0 })
      assert.deepEqual([isLiving(pid), launcher.look(attempt.folder).exitCode], [false, 137])
      assert.deepEqual(await stop(launcher, attempt, 20), { found: false, gone: true, killed: false, survivors: 0 })
    })

    test('an end with nobody left behind is told as such', async () => {
      for (let round = 0; round < 5; round++) {
        const attempt = await sh('exit 3')
        assert.equal((await ended(launcher, attempt)).exitCode, 3)
        assert.deepEqual(await stop(launcher, attempt, 20), { found: false, gone: true, killed: false, survivors: 0 })
        assert.deepEqual([await launcher.left(attempt), launcher.provesEnd(attempt)], [0, true])
      }
    })

    test('a bomb of processes that hop from session to session ends empty', async () => {
      const attempt = await start(bomb(40))
      await lines(attempt, 1)
      await until('some of them', async () => (await launcher.left(attempt)) > 10, 50_000)
      const report = await stop(launcher, attempt, 0)
      assert.deepEqual(report, { found: true, gone: true, killed: true, survivors: 0 })
      assert.deepEqual(carriersOf(attempt.mark), [])
    })

    test('I12: a copy of the folder, whose mark is another, ends nobody', async () => {
      const { attempt, pid } = await startEscape(launching, last)
      const copy = `${attempt.folder}-copy`
      execFileSync('cp', ['-a', attempt.folder, copy])
      const { found, gone } = await launcher.stop({
        ...attempt,
        folder: copy,
        mark: `copied:${attempt.mark}`,
        graceMs: 20,
        signal: AbortSignal.timeout(20_000),
      })
      assert.deepEqual([found, gone, isLiving(pid), isLiving(attempt.process!.pid)], [false, true, true, true])
      assert.equal((await stop(launcher, attempt, 20)).gone, true)
    })
  })

describe('the subreaper', () => {
  const launching = openLaunching('reaper', { killTier: 'subreaper' })

  test('the shim outlives the command as long as an orphan lives, and no longer', async () => {
    const { attempt, pid } = await startEscape(launching, last)
    process.kill(Number((await children(attempt.process!.pid))[0]), 'SIGKILL')
    await ended(launching.launcher, attempt)
    assert.ok(isLiving(attempt.process!.pid))
    process.kill(attempt.process!.pid, 'SIGTERM')
    process.kill(-pid, 'SIGKILL')
    await until('the end of the shim', () => !isLiving(attempt.process!.pid))
    assert.deepEqual(launching.launcher.look(attempt.folder), { alive: false, exitCode: 137, began: true })
  })

  test("what perl heeds in the job's environment reaches the job, and not perl", async () => {
    const environment = { PERL5OPT: '-Mno_such_module', LC_ALL: 'no_SUCH.locale' }
    const attempt = await launching.sh('echo "$PERL5OPT $LC_ALL"', { environment })
    assert.equal((await ended(launching.launcher, attempt)).exitCode, 0)
    assert.deepEqual(await lines(attempt, 1), ['-Mno_such_module no_SUCH.locale'])
    assert.equal(readFileSync(join(attempt.folder, 'stderr.log'), 'utf8'), '')
  })
})

if (hasCgroups)
  describe('the cgroup of an attempt', () => {
    const launching = openLaunching('cgroup', { killTier: 'cgroup' })
    const { launcher, sh } = launching

    test('is there while the attempt lives, holds the command and not the shim, and is removed after its end', async () => {
      const attempt = await sh('echo $$; exec sleep 100')
      const pid = Number((await lines(attempt, 1))[0])
      const cgroup = cgroupOf(attempt.folder, attempt.mark)
      assert.ok(cgroup)
      assert.deepEqual(readFileSync(join(cgroup, 'cgroup.procs'), 'utf8'), `${pid}\n`)
      await stop(launcher, attempt, 20)
      assert.equal(existsSync(cgroup), false)
    })

    test('a later runner that can make none finds it, with the shim dead and nothing else to go by', async () => {
      const later = openLaunching('cgroup-later', { killTier: 'marks' })
      const { attempt, pid } = await startEscape(launching, last)
      for (const each of [attempt.process!.pid, ...(await children(attempt.process!.pid))]) process.kill(each, 'SIGKILL')
      await until('the end of the command', () => !launcher.look(attempt.folder).alive)
      assert.ok(isLiving(pid))
      assert.equal((await stop(later.launcher, { ...attempt, process: null }, 20)).gone, true)
      assert.equal(isLiving(pid), false)
    })

    test('I3: one that nobody entered proves nothing, also when it is removed', async () => {
      const folder = await launcher.prepare('outside-1')
      const attempt = { folder, mark: `${launching.root}:outside`, process: null }
      const cgroup = makeCgroup(findCgroupBase() ?? assert.fail(), attempt.mark)
      writeAttemptRecord(folder, { cgroup, outlivesOrphans: false, memoryKills: 0 })
      assert.equal(launcher.provesEnd(attempt), false)
      const report = await launcher.stop({ ...attempt, graceMs: 20, signal: AbortSignal.timeout(20_000) })
      assert.deepEqual([report.gone, existsSync(cgroup), launcher.provesEnd(attempt)], [true, false, false])
    })

    test('of an attempt that could not be started, none is left', async () => {
      const attempt = await launching.start(['echo', 'x'.repeat(200_000)])
      assert.equal(attempt.started.started, false)
      assert.equal(existsSync(cgroupOf(attempt.folder, attempt.mark) ?? ''), false)
    })

    test('I12: the attempts of a runner that a job started are beside its group, not in it', async () => {
      const code = `import { findCgroupBase } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'cgroup.ts')).href)}; console.log(findCgroupBase()?.folder)`
      const attempt = await launching.start([process.execPath, '--input-type=module', '-e', code])
      assert.deepEqual(await lines(attempt, 1), [findCgroupBase()?.folder])
      await ended(launcher, attempt)
    })
  })

test('what a machine lends is told; a tier that it does not have is refused', async () => {
  const { launcher } = openLaunching('facilities')
  const { killTier, limitsMemory, punchesHoles } = await launcher.facilities()
  assert.equal(killTier, hasCgroups ? 'cgroup' : (await findMeans()).killTier)
  assert.deepEqual([typeof limitsMemory, typeof punchesHoles], ['boolean', 'boolean'])
  assert.equal((await openLaunching('facilities-marks', { killTier: 'marks' }).launcher.facilities()).killTier, 'marks')
})

async function children(parent: number): Promise<number[]> {
  // Not those that lead a session of their own: the escapees.
  return [...(await processTable()).values()].filter((row) => row.parent === parent && row.session !== row.pid).map(({ pid }) => pid)
}
