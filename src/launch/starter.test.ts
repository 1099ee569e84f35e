// Commands that the starter starts are as those that the runner starts itself; and whatever becomes of the starter, each runs once (I1, I4).
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Attempt, ended, isLiving, lines, openLaunching, stdoutOf } from '../../test/contract/launched.ts'
import { until } from '../../test/contract/temporary.ts'
import { parseStat } from './process-table.ts'

const { launcher, start, sh, root, options } = openLaunching('starter')
const alone = openLaunching('no-starter', { usesStarter: false })

/** What a command finds itself to be. Its own numbers differ, and are left out. */
const self = `env | grep -v -e '^_=' -e HOLDFAST_MARK -e PWD | sort; pwd | sed 's/.*-//; s/-.*//' ; umask; ulimit -n
  grep -E '^Sig(Ign|Blk|Cgt)' /proc/self/status; ls -1 /proc/self/fd | grep -x '[0-9]' | tr '\\n' ' '
  [ "$(cut -d' ' -f6 /proc/$PPID/stat)" = $PPID ] && echo leads; [ -t 0 ] || readlink /proc/$$/fd/0`

describe('what a command finds', () => {
  test('it is the same whoever forked: variables, folder, limits, signals, descriptors, session', async () => {
    await untilThere()
    const environment = { EMPTY: '', TEXT: 'a=b\n c', 'odd.name': 'ä😀', PERL5OPT: '-w', LC_ALL: 'C' }
    const [byStarter, byRunner] = await Promise.all([sh(self, { environment, cwd: root }), alone.sh(self, { environment, cwd: root })])
    await Promise.all([ended(launcher, byStarter), ended(alone.launcher, byRunner)])
    assert.match(stdoutOf(byStarter), /TEXT=a=b/)
    assert.match(stdoutOf(byStarter), /leads/)
    assert.equal(stdoutOf(byStarter), stdoutOf(byRunner))
  })

  test('merged output is one open file; the process is named with its start time, also when it is over at once', async () => {
    await untilThere()
    const merged = await sh('for n in 1 2 3; do echo $n; echo $n >&2; done', { output: 'merged' })
    assert.equal((await ended(launcher, merged)).exitCode, 0)
    assert.equal(stdoutOf(merged), '1\n1\n2\n2\n3\n3\n')
    const short = await Promise.all(Array.from({ length: 20 }, () => start(['true'])))
    for (const { process } of short) assert.match(process?.startedAt ?? 'none', /^\d+$/)
    await Promise.all(short.map((attempt) => ended(launcher, attempt)))
    await until('nobody is left unburied', () => childrenOf(starterOf()).every(({ state }) => state !== 'Z'))
  })

  test('a NUL is refused, arguments too long are refused, and the starter goes on', async () => {
    const starter = await untilThere()
    for (const argv of [
      ['echo', 'a\0b'],
      ['echo', 'x'.repeat(200_000)],
    ]) {
      const { started, folder } = await start(argv)
      assert.ok(!started.started && started.refused !== 'already began', JSON.stringify(started))
      assert.equal(launcher.look(folder).alive, false)
    }
    const long = await start(['sh', '-c', 'printf %s "$1" | wc -c', 'sh', 'x'.repeat(100_000)])
    assert.equal((await ended(launcher, long)).exitCode, 0)
    assert.equal(stdoutOf(long), '100000\n')
    assert.equal(starterOf(), starter)
  })
})

describe('I1 I4: whatever becomes of the starter', () => {
  test('killed with requests in its hands: each command runs once, and a new starter comes', async () => {
    const starter = await untilThere()
    process.kill(starter, 'SIGSTOP')
    const starting = Array.from({ length: 5 }, () => sh('echo ran; sleep 0.3'))
    await until('they are asked for', () => readdirSync(options.attempts).length > 0)
    process.kill(starter, 'SIGKILL')
    await assertRanOnce(await Promise.all(starting))
    assert.notEqual(await untilThere(), starter)
  })

  test('killed while it starts one after the other: each runs once', async () => {
    const starter = await untilThere()
    const starting = Array.from({ length: 12 }, () => sh('echo ran'))
    await Promise.race(starting)
    process.kill(starter, 'SIGKILL')
    await assertRanOnce(await Promise.all(starting))
  })

  test('its runner is killed: it ends, and what it started goes on', async () => {
    const script = join(root, 'runner.ts')
    writeFileSync(script, runnerScript)
    const runner = spawn(process.execPath, ['--conditions=holdfast-source', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    runner.stdout.on('data', (text) => {
      said += text
    })
    const [starter = 0, command = 0] = await until(
      'it has started something',
      () => /^(\d+) (\d+)\n/.exec(said)?.slice(1).map(Number) ?? null,
    )
    runner.kill('SIGKILL')
    await until('the starter ends', () => !isLiving(starter))
    assert.ok(isLiving(command))
    process.kill(command, 'SIGKILL')
  })
})

test('a program that has no descriptors left goes on without a starter', () => {
  const script = join(root, 'full.ts')
  writeFileSync(script, fullScript)
  const limited = ['-c', 'ulimit -n 60; exec "$@"', 'sh', process.execPath, '--conditions=holdfast-source', script]
  const { stdout, stderr } = spawnSync('sh', limited, { encoding: 'utf8' })
  assert.equal(stdout, 'not there\nnot there\nnot there\n', stderr)
})

const fullScript = `
import { openSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { openStarter } from '${fileURLToPath(new URL('starter.ts', import.meta.url))}'
const starter = openStarter('/usr/bin/perl')
const plan = { argv: ['true'], reaper: null, cwd: '/', environment: {}, stdout: '', stderr: null, exit: '', alive: '', latch: '' }
try { for (;;) openSync('/dev/null', 'r') } catch {}
const said = []
for (let count = 0; count < 3; count++) {
  said.push(await starter.start(plan))
  await turn()
  await turn()
}
console.log(said.join('\\n'))
`

const runnerScript = `
import { mkdirSync } from 'node:fs'
import { detachedLauncher } from '${fileURLToPath(new URL('detached.ts', import.meta.url))}'
import { processTable } from '${fileURLToPath(new URL('process-table.ts', import.meta.url))}'
const root = import.meta.dirname + '/killed'
mkdirSync(root + '/attempts', { recursive: true })
const launcher = detachedLauncher({ attempts: root + '/attempts', runners: root + '/runners', pool: root + '/pool', ready: 4 })
setInterval(() => {}, 1000)
for (let count = 0; ; count++) {
  const folder = await launcher.prepare(count + '-1')
  const { process: { pid } } = await launcher.start({ argv: ['sleep', count < 3 ? '0' : '60'], cwd: root, environment: { PATH: process.env.PATH }, folder, mark: root + count })
  const { parent } = (await processTable()).get(pid) ?? {}
  if (parent !== undefined && parent !== process.pid) { console.log(parent, pid); break }
  await launcher.stop({ folder, mark: root + count, process: null, graceMs: 0, signal: new AbortController().signal })
}
`

async function assertRanOnce(attempts: readonly Attempt[]): Promise<void> {
  for (const attempt of attempts) {
    assert.equal((await ended(launcher, attempt)).exitCode, 0)
    assert.deepEqual(await lines(attempt, 1), ['ran'])
  }
}

/** The starter is there from the second start on, or soon after. */
async function untilThere(): Promise<number> {
  return until('a starter', async () => {
    await ended(launcher, await start(['true']))
    return starterOf()
  })
}

function starterOf(): number | null {
  return childrenOf(process.pid).find(({ pid }) => proc(pid, 'cmdline').startsWith('holdfast-starter'))?.pid ?? null
}

/** The dead who wait for their burial among them. */
function childrenOf(parent: number | null) {
  const rows = readdirSync('/proc').flatMap((name) => parseStat(Number(name), proc(Number(name), 'stat')) ?? [])
  return rows.filter((row) => row.parent === parent)
}

function proc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
