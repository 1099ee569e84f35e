// The launcher with real processes: what runs, with which arguments, how its end is told, and that it starts once.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { carriersOf, ended, isLiving, lines, openLaunching, stdoutOf, stop } from '../../test/contract/launched.ts'
import { until } from '../../test/contract/temporary.ts'
import { detachedLauncher } from './detached.ts'

const { root, options, launcher, start, sh } = openLaunching('detached')
/** Without the starter, which has pipes of its own. */
const alone = openLaunching('detached-alone', { usesStarter: false })

describe('how a command ended', () => {
  const table: [string, number][] = [
    ['exit 0', 0],
    ['exit 7', 7],
    ['exit 255', 255],
    ['no-such-program-at-all', 127],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
    ['kill -SEGV $$', 139],
  ]
  for (const [script, exitCode] of table)
    test(`sh -c '${script}': ${exitCode}`, async () => {
      const attempt = await sh(script)
      assert.deepEqual(await ended(launcher, attempt), { exitCode, alive: false, began: true })
    })

  test('a command that is not there, not executable, a folder, or has no name, is refused before it is started', async () => {
    writeFileSync(join(root, 'plain'), 'x')
    chmodSync(join(root, 'plain'), 0o600)
    const cases: [string, string, number][] = [
      ['no-such-program-at-all', 'not found', 127],
      ['./plain', 'not executable', 126],
      ['./nothing', 'not found', 127],
      [root, 'not executable', 126],
    ]
    for (const [program, refused, exitCode] of cases) {
      const { started, folder } = await start([program])
      assert.deepEqual({ ...started, message: '' }, { started: false, refused, exitCode, message: '' }, program)
      assert.deepEqual(launcher.look(folder), { exitCode: null, alive: false, began: false })
    }
    assert.equal((await start(['true'], { cwd: join(root, 'gone') })).started.started, false)
  })

  test('I1: arguments too long for the system are refused, not thrown, and nobody is left holding the FIFO', async () => {
    const before = readdirSync('/proc/self/fd').length
    for (let round = 0; round < 5; round++) {
      const { started, folder } = await alone.start(['echo', 'x'.repeat(200_000)])
      assert.ok(!started.started && started.refused !== 'already began' && /too long/.test(started.message), JSON.stringify(started))
      assert.equal(launcher.look(folder).alive, false)
    }
    assert.ok(readdirSync('/proc/self/fd').length <= before, 'no descriptor leaks')
  })
})

describe('what runs', () => {
  const printArguments = ['sh', '-c', 'printf "%s\\0" "$@"', 'sh']

  test('arguments arrive byte for byte, whatever they are', async () => {
    const nasty = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '').toWellFormed()),
        fc.constantFrom(
          '',
          '-',
          '--',
          '-c',
          '-rf',
          '$(id)',
          '`id`',
          '$HOME',
          '"',
          "'",
          '\\',
          '*',
          '~',
          '\n',
          '\r\n',
          ' a ',
          ';',
          '&',
          '|',
          '!!',
          '%s',
          '\u001b[0m',
          'ä€😀',
        ),
      ),
      { minLength: 1, maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(nasty, async (given) => {
        const attempt = await start([...printArguments, ...given])
        assert.equal((await ended(launcher, attempt)).exitCode, 0)
        assert.equal(stdoutOf(attempt), given.map((text) => `${text}\0`).join(''))
      }),
      { numRuns: 25 },
    )
  })

  test('a name that is also a builtin of the shell runs the program of that name, or is refused', async () => {
    const echo = await start(['echo', '-e', 'a\\nb'])
    await ended(launcher, echo)
    assert.equal(stdoutOf(echo), 'a\nb\n', 'the program echo knows -e, the one of dash does not')
    for (const builtin of ['exit', 'cd', 'eval', '.', ':', 'exec', 'set']) {
      const { started } = await start([builtin, '0'], { environment: { PATH: '/usr/bin:/bin' } })
      assert.ok(!started.started, `${builtin} is no program here`)
    }
  })

  test('working folder, environment and mark are as asked; our own variable is not passed on', async () => {
    const cwd = join(root, '-odd $(folder)\n"')
    mkdirSync(cwd)
    const attempt = await start(['env', '-0'], { cwd, environment: { GREETING: ' a\n$(b) ', PWD: '/wrong' } })
    await ended(launcher, attempt)
    const variables = Object.fromEntries(
      stdoutOf(attempt)
        .split('\0')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    )
    assert.deepEqual([variables.GREETING, variables.HOLDFAST_CWD, variables.HOLDFAST_MARK], [' a\n$(b) ', undefined, attempt.mark])
    const where = await start(['python3', '-c', 'import os; print(os.getcwd(), end="")'], { cwd })
    await ended(launcher, where)
    assert.equal(stdoutOf(where), cwd)
  })

  test('a folder that goes away between the look and the start ends with a record', async () => {
    const cwd = mkdtempSync(join(root, 'gone-'))
    const starting = start(['true'], { cwd })
    rmSync(cwd, { recursive: true })
    const attempt = await starting
    if (attempt.started.started) assert.equal((await ended(launcher, attempt)).exitCode, 126)
    else assert.equal(attempt.started.refused, 'no folder')
  })

  test('the command gets no descriptor of ours but its proof of life', async () => {
    const attempt = await sh('ls -1 /proc/self/fd')
    await ended(launcher, attempt)
    // 3 is the folder that ls itself reads. What this process was itself given from outside, far up, is not ours.
    const numbers = stdoutOf(attempt)
      .trim()
      .split('\n')
      .map(Number)
      .filter((descriptor) => descriptor < 16)
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      [0, 1, 2, 3, 9],
    )
  })

  test('signals that we ignore or catch are not ignored by the command', async () => {
    const attempt = await sh('grep -E "^Sig(Ign|Blk)" /proc/self/status')
    await ended(launcher, attempt)
    for (const line of stdoutOf(attempt).trim().split('\n')) assert.match(line, /:\s*0+$/, line)
  })

  test('I7: the log holds what the command wrote, and nothing the shim says', async () => {
    const attempt = await sh('echo out; echo err >&2; kill -TERM $$')
    await ended(launcher, attempt)
    assert.deepEqual([stdoutOf(attempt), readFileSync(join(attempt.folder, 'stderr.log'), 'utf8')], ['out\n', 'err\n'])
  })
})

describe('one start', () => {
  test('I4: ten who start the same attempt at once: it runs once', async () => {
    for (let round = 0; round < 5; round++) {
      const folder = await launcher.prepare(`race-${round}`)
      const command = {
        argv: ['sh', '-c', 'echo ran; exit 3'],
        cwd: root,
        environment: { PATH: process.env.PATH ?? '' },
        folder,
        mark: `race:${round}`,
      }
      const racers = await Promise.all(Array.from({ length: 10 }, () => launcher.start(command)))
      assert.ok(racers.some(({ started }) => started))
      assert.equal((await launcher.ended(folder, AbortSignal.timeout(20_000))).exitCode, 3)
      assert.equal(readFileSync(join(folder, 'stdout.log'), 'utf8'), 'ran\n')
      assert.deepEqual(await launcher.start(command), { started: false, refused: 'already began' })
    }
  })

  test('I3: what is barred never begins, not even when its start was under way; what has begun cannot be barred', async () => {
    const counts = { barred: 0, ran: 0 }
    for (let round = 0; round < 10; round++) {
      const folder = await launcher.prepare(`barred-${round}`)
      const command = { argv: ['echo', 'ran'], cwd: root, environment: { PATH: process.env.PATH ?? '' }, folder, mark: `barred:${round}` }
      const starting = round === 0 ? null : launcher.start(command)
      const isBarred = launcher.bar(folder)
      counts[isBarred ? 'barred' : 'ran']++
      await starting
      assert.deepEqual(await launcher.start(command), { started: false, refused: 'already began' })
      const { alive, began } = await launcher.ended(folder, AbortSignal.timeout(20_000))
      assert.deepEqual({ alive, began }, { alive: false, began: true })
      assert.equal(readFileSync(join(folder, 'stdout.log'), 'utf8'), isBarred ? '' : 'ran\n')
      assert.equal(launcher.bar(folder), false)
    }
    assert.ok(counts.barred > 0)
  })

  test('I3: of a stripped folder only the latch is left, and it bars every later start, whether it had begun or not', async () => {
    const command = (folder: string) => ({
      argv: ['echo', 'ran'],
      cwd: root,
      environment: { PATH: process.env.PATH ?? '' },
      folder,
      mark: 'stripped',
    })
    const begun = await launcher.prepare('stripped-1')
    await launcher.start(command(begun))
    await launcher.ended(begun, AbortSignal.timeout(20_000))
    await launcher.prepare('stripped-2')
    for (const name of ['stripped-1', 'stripped-2', 'stripped-nothing']) await launcher.strip(name)
    for (const name of ['stripped-1', 'stripped-2']) {
      assert.deepEqual(readdirSync(join(options.attempts, name)), ['started'])
      assert.deepEqual(await launcher.start(command(await launcher.prepare(name))), { started: false, refused: 'already began' })
    }
    assert.equal(readdirSync(options.attempts).includes('stripped-nothing'), false)
  })

  test('what no system can start is refused, not tried again for ever', async () => {
    const folder = await launcher.prepare('impossible')
    const environment = { PATH: process.env.PATH ?? '', A: 'x\0y' }
    const started = await launcher.start({ argv: ['true'], cwd: root, environment, folder, mark: 'impossible:1' })
    assert.partialDeepStrictEqual(started, { started: false, refused: 'not executable', exitCode: 126 })
  })

  test('two pools that race for one target: one folder, whole; the other stays ready', async () => {
    const second = detachedLauncher({ ...options, pool: join(root, 'pool-2') })
    for (let round = 0; round < 10; round++) {
      const [a, b] = await Promise.all([launcher.prepare(`target-${round}`), second.prepare(`target-${round}`)])
      assert.equal(a, b)
      assert.deepEqual(readdirSync(a).toSorted(), ['alive', 'events', 'exit', 'stderr.log', 'stdout.log'])
      assert.deepEqual(launcher.look(a), { exitCode: null, alive: false, began: false })
    }
  })

  test('twenty prepared at once from a pool of four are twenty folders', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, (_, index) => launcher.prepare(`many-${index}`)))
    for (const folder of made) assert.equal(readFileSync(join(folder, 'exit'), 'utf8'), '---\n')
  })
})

describe('the proof of life', () => {
  test('kill -9 of the shim and of the command: seen at once, no exit record', async () => {
    const attempt = await sh('echo $$; exec sleep 100')
    const [pid] = await lines(attempt, 1)
    const end = ended(launcher, attempt)
    process.kill(attempt.process!.pid, 'SIGKILL')
    process.kill(Number(pid), 'SIGKILL')
    assert.deepEqual(await end, { exitCode: null, alive: false, began: true })
  })

  test('I10: the shim killed alone: alive as long as the command lives', async () => {
    const attempt = await sh('echo $$; exec sleep 100')
    const [pid] = await lines(attempt, 1)
    process.kill(attempt.process!.pid, 'SIGKILL')
    await until('the shim gone', () => !isLiving(attempt.process!.pid))
    assert.deepEqual(launcher.look(attempt.folder), { exitCode: null, alive: true, began: true })
    process.kill(Number(pid), 'SIGKILL')
    assert.deepEqual(await ended(launcher, attempt), { exitCode: null, alive: false, began: true })
  })

  test('a child that was left behind holds it, and the end of the command is told with its exit code', async () => {
    const attempt = await sh('sleep 100 & echo $!; exit 5')
    const [pid] = await lines(attempt, 1)
    assert.deepEqual(await ended(launcher, attempt), { exitCode: 5, alive: true, began: true })
    assert.ok(isLiving(Number(pid)))
    assert.deepEqual(await stop(launcher, attempt, 2_000), { found: true, gone: true, killed: false, survivors: 0 })
    assert.deepEqual(carriersOf(attempt.mark), [])
  })

  test('a command that writes into it, or closes it, is still seen', async () => {
    const attempt = await sh('printf xxxxxxxx >&9; echo $$; exec sleep 100')
    await lines(attempt, 1)
    for (let look = 0; look < 20; look++) assert.equal(launcher.look(attempt.folder).alive, true)
    await stop(launcher, attempt, 2_000)
    assert.equal(launcher.look(attempt.folder).alive, false)
    const closer = await sh('exec 9>&-; echo closed; sleep 0.3; exit 4')
    assert.equal((await ended(launcher, closer)).exitCode, 4)
  })

  test('waiting for the end is given up when the signal says so', async () => {
    const attempt = await sh('sleep 100')
    const given = new AbortController()
    const waiting = launcher.ended(attempt.folder, given.signal)
    given.abort(new Error('enough'))
    await assert.rejects(waiting, /enough/)
    await assert.rejects(launcher.ended(attempt.folder, given.signal), /enough/)
    assert.equal(launcher.look(attempt.folder).alive, true)
  })
})
