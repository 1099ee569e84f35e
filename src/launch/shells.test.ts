// The shim under a shell that is /bin/sh somewhere: the first of dash, bash (also in POSIX mode) and BusyBox; under the others in shells.long.test.ts.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type Attempt, ended, isLiving, lines, openLaunching, stdoutOf, stop } from '../../test/contract/launched.ts'
import { until } from '../../test/contract/temporary.ts'
import { ensureShells } from '../../tools/shells.ts'
import { cgroupOf } from './attempt-record.ts'
import { findCgroupBase, isPopulated, wasEntered } from './cgroup.ts'
import { leftNobody } from './exit-record.ts'
import { send } from './tree.ts'

const tiers = [findCgroupBase() ? 'cgroup' : 'marks', 'subreaper'] as const

const [first = [], ...others] = ensureShells()

for (const shell of process.env.SHELLS === 'others' ? others : [first])
  for (const killTier of tiers)
    describe(`the shim under ${shell.join(' ')}, ${killTier}`, () => {
      const { launcher, sh, start, root } = openLaunching('shell', { shell, killTier })

      test('ends are told as they are, and the log holds nothing of the shim', async () => {
        for (const [script, exitCode] of [
          ['exit 0', 0],
          ['exit 7', 7],
          ['exit 255', 255],
          ['kill -TERM $$', 143],
          ['kill -KILL $$', 137],
          ['kill -SEGV $$', 139],
        ] as const) {
          const attempt = await sh(`echo out; echo err >&2; ${script}`)
          assert.equal((await ended(launcher, attempt)).exitCode, exitCode, script)
          assert.deepEqual([stdoutOf(attempt), readFileSync(join(attempt.folder, 'stderr.log'), 'utf8')], ['out\n', 'err\n'], script)
        }
      })

      test('arguments, a builtin’s name, signals and descriptors arrive as they should', async () => {
        const nasty = ['', '-c', '$(id)', '`id`', '"', "'", '\\', '*', '\n', ' a ', '!!', '%s', 'ä😀', '--']
        const attempt = await start(['sh', '-c', 'printf "%s\\0" "$@"', 'sh', ...nasty])
        assert.equal((await ended(launcher, attempt)).exitCode, 0)
        assert.equal(stdoutOf(attempt), nasty.map((text) => `${text}\0`).join(''))
        const seen = await sh('grep -E "^Sig(Ign|Blk)" /proc/self/status | grep -v ":.0*$"; ls -1 /proc/self/fd | tr "\\n" " "')
        await ended(launcher, seen)
        // What this process was itself given from outside, far up, is not ours.
        assert.deepEqual(
          stdoutOf(seen)
            .trim()
            .split(' ')
            .filter((each) => each.length === 1)
            .toSorted(),
          ['0', '1', '2', '3', '9'],
        )
      })

      test('I3: that nobody is left is said without a look at all processes, and only where nobody is', async () => {
        const nobody = await sh('true')
        await ended(launcher, nobody)
        await until('the shim lets go', () => !launcher.look(nobody.folder).alive)
        assert.equal(saidNobody(nobody), killTier !== 'marks')
        // It lets go of the FIFO as Node and Python do, and of its parent: neither tells of it.
        const orphaned = await sh('(sleep 60 9>&- >/dev/null 2>&1 &) & wait')
        await until('its record', () => launcher.look(orphaned.folder).exitCode !== null)
        assert.equal(saidNobody(orphaned), false)
        assert.equal(await launcher.left({ ...orphaned, process: orphaned.process }), 1)
        assert.partialDeepStrictEqual(await stop(launcher, orphaned, 1_000), { found: true, gone: true })
        assert.equal(await launcher.left({ ...orphaned, process: orphaned.process }), 0)
      })

      test('I4: ten who start at once: it runs once', async () => {
        const folder = await launcher.prepare('race')
        const command = { argv: ['echo', 'ran'], cwd: root, environment: { PATH: process.env.PATH ?? '' }, folder, mark: `${root}:race` }
        await Promise.all(Array.from({ length: 10 }, () => launcher.start(command)))
        assert.equal((await launcher.ended(folder, AbortSignal.timeout(20_000))).exitCode, 0)
        assert.equal(stdoutOf({ ...command, started: { started: false, refused: 'already began' }, process: null }), 'ran\n')
      })

      test('I11: TERM spares the shim, so that the end is recorded; so does the kill', async () => {
        const polite = await sh(`trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done`)
        await lines(polite, 1)
        assert.partialDeepStrictEqual(await stop(launcher, polite, 20_000), { gone: true, killed: false })
        assert.equal(launcher.look(polite.folder).exitCode, 9)
        const deaf = await sh(`trap '' TERM; echo ready; while :; do sleep 0.05; done`)
        await lines(deaf, 1)
        assert.partialDeepStrictEqual(await stop(launcher, deaf, 20), { gone: true, killed: true })
        assert.equal(launcher.look(deaf.folder).exitCode, 137)
      })

      test('limits and merged output', async () => {
        const attempt = await sh('echo a; echo b >&2; ulimit -n', { output: 'merged', limits: { openFiles: 77, cpuSeconds: 100 } })
        await ended(launcher, attempt)
        assert.equal(stdoutOf(attempt), 'a\nb\n77\n')
      })

      test('I4: killed between any two steps: what ran ran once, and a record is a true one', async () => {
        for (let round = 0; round < 6; round++) {
          const attempt = await start(['echo', 'ran'])
          const killAt = performance.now() + round * 0.7
          while (performance.now() < killAt);
          // It may be over by then.
          send(attempt.process!.pid, 'SIGKILL')
          await until('its end', () => !isLiving(attempt.process!.pid) && !launcher.look(attempt.folder).alive)
          const { exitCode, began } = launcher.look(attempt.folder)
          assert.ok(exitCode === null || exitCode === 0, String(exitCode))
          if (exitCode === 0) assert.equal(stdoutOf(attempt), 'ran\n')
          if (stdoutOf(attempt) !== '') assert.ok(began)
          assert.equal(launcher.bar(attempt.folder), !began)
          assert.ok(existsSync(join(attempt.folder, 'started')))
          assert.equal((await stop(launcher, attempt, 20)).gone, true)
          assert.ok(['', 'ran\n'].includes(stdoutOf(attempt)))
        }
      })
    })

function saidNobody({ folder, mark }: Attempt): boolean {
  const cgroup = cgroupOf(folder, mark)
  return leftNobody(folder) || (cgroup !== null && !isPopulated(cgroup) && wasEntered(cgroup))
}
