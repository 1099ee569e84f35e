// I3, I11, I12: a stopped tree is gone, whoever tried to escape; and nobody else is ever signalled.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { carriersOf, ended, isLiving, lines, openLaunching, stop } from '../../test/contract/launched.ts'
import { until } from '../../test/contract/temporary.ts'
import { identify } from './identity.ts'
import { processTable } from './process-table.ts'
import { membersIn, send, signalGroup, type Tree } from './tree.ts'

const { launcher, start, sh } = openLaunching('stop')
const foreign: number[] = []
after(() => {
  for (const pid of foreign) send(pid, 'SIGKILL')
})

/** Cannot be asked to stop. Says its number once that is so. */
const deaf = "trap '' TERM; echo $$; while :; do /bin/sleep 0.2; done"
const inQuotes = deaf.replaceAll('$', '\\$')

describe('stopping a tree', () => {
  test('a polite command ends by itself, with its own exit code', async () => {
    const attempt = await sh(`trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done`)
    await lines(attempt, 1)
    assert.deepEqual(await stop(launcher, attempt, 5_000), { found: true, gone: true, killed: false, survivors: 0 })
    assert.deepEqual(launcher.look(attempt.folder), { exitCode: 9, alive: false, began: true })
  })

  test('one that does not listen is killed, and its end is still recorded', async () => {
    const attempt = await sh(`${deaf}`)
    await lines(attempt, 1)
    assert.deepEqual(await stop(launcher, attempt, 50), { found: true, gone: true, killed: true, survivors: 0 })
    assert.deepEqual(launcher.look(attempt.folder), { exitCode: 137, alive: false, began: true })
  })

  test('what has ended is gone', async () => {
    const attempt = await sh('true')
    await ended(launcher, attempt)
    assert.deepEqual(await stop(launcher, attempt, 5_000), { found: false, gone: true, killed: false, survivors: 0 })
  })

  const argvOfDeaf = `["/bin/sh", "-c", ${JSON.stringify(deaf)}]`
  const inPython = (code: string) => ['python3', '-c', `import os,subprocess,time\n${code}\ntime.sleep(100)`]
  const inNode = (code: string) => [process.execPath, '-e', `const {spawn}=require('node:child_process');${code};setInterval(()=>{},1000)`]
  const escapes: [string, string[]][] = [
    ['a plain child', ['sh', '-c', `sh -c "${inQuotes}" & wait`]],
    ['a process group of its own', inPython(`if os.fork()==0:\n os.setpgid(0,0)\n os.execvp("sh", ${argvOfDeaf})`)],
    ['a session of its own', ['sh', '-c', `setsid sh -c "${inQuotes}" & wait`]],
    ['a double fork that lost its parent', ['sh', '-c', `(setsid sh -c "${inQuotes}" &) ; sleep 100`]],
    ['a session of its own without our descriptors', ['sh', '-c', `setsid sh -c "${inQuotes}" 9>&- & wait`]],
    ['a session of its own without our environment', ['sh', '-c', `setsid env -i /bin/sh -c "${inQuotes}" & wait`]],
    ['a child of a Python program, which closes descriptors', inPython(`subprocess.Popen(${argvOfDeaf})`)],
    ['a child of a Node program, which closes descriptors', inNode(`spawn(...(([a,...b])=>[a,b])(${argvOfDeaf}),{stdio:'inherit'})`)],
    ['a detached child of a Node program', inNode(`spawn(...(([a,...b])=>[a,b])(${argvOfDeaf}),{stdio:'inherit',detached:true})`)],
  ]
  for (const [name, argv] of escapes)
    test(`I3 I11: nobody is left: ${name}`, async () => {
      const attempt = await start(argv)
      const escapee = Number((await lines(attempt, 1))[0])
      assert.ok(isLiving(escapee))
      const report = await stop(launcher, attempt, 100)
      assert.equal(report.gone, true)
      assert.equal(isLiving(escapee), false, 'reported gone, but the escapee lives')
      assert.deepEqual(carriersOf(attempt.mark), [])
      assert.equal(launcher.look(attempt.folder).alive, false)
    })

  test('I3: the shim was killed before, the runner does not know the process: still nobody is left', async () => {
    const attempt = await sh(`setsid sh -c "${inQuotes}" & sleep 100`)
    const escapee = Number((await lines(attempt, 1))[0])
    process.kill(attempt.process!.pid, 'SIGKILL')
    await until('the shim gone', () => !isLiving(attempt.process!.pid))
    assert.equal((await stop(launcher, { ...attempt, process: null }, 50)).gone, true)
    assert.deepEqual([isLiving(escapee), carriersOf(attempt.mark)], [false, []])
  })

  test('I3: a tree that forks faster than it is looked at is emptied', async () => {
    const attempt = await sh(
      `echo ready; breed() { trap '' TERM; n=$1; while [ $n -gt 0 ]; do n=$((n-1)); sleep 0.01; (breed $n) & done; wait; sleep 30; }; breed 5`,
    )
    await lines(attempt, 1)
    assert.equal((await stop(launcher, attempt, 50)).gone, true)
    assert.deepEqual(carriersOf(attempt.mark), [])
  })

  test('the grace is cut short when the stop is given up', async () => {
    const attempt = await sh(`${deaf}`)
    await lines(attempt, 1)
    const given = new AbortController()
    const stopping = launcher.stop({
      folder: attempt.folder,
      mark: attempt.mark,
      process: attempt.process,
      graceMs: 60_000,
      signal: given.signal,
    })
    given.abort(new Error('closing'))
    await assert.rejects(stopping, /closing|aborted/i)
    assert.equal(launcher.look(attempt.folder).alive, true)
  })
})

describe('I12: nobody else is signalled', () => {
  test('a process that got the number of ours is not ours', async () => {
    const attempt = await sh(`${deaf}`)
    await lines(attempt, 1)
    const other = startForeign('sleep', '100')
    for (const startedAt of ['1', null, '']) {
      const reused = { pid: other, startedAt }
      assert.equal(signalGroup({ folder: attempt.folder, mark: attempt.mark, leader: reused }, 'SIGTERM', sight), false)
      assert.equal((await members({ folder: attempt.folder, mark: attempt.mark, leader: reused })).includes(other), false)
    }
    assert.equal((await stop(launcher, { ...attempt, process: { pid: other, startedAt: '1' } }, 50)).gone, true)
    assert.ok(isLiving(other), 'the foreign process was ended')
    assert.deepEqual(carriersOf(attempt.mark), [])
  })

  test('another runner that watches the attempt is not of its tree', async () => {
    const attempt = await sh(`${deaf}`)
    await lines(attempt, 1)
    const fifo = JSON.stringify(join(attempt.folder, 'alive'))
    const watcher = spawn(
      process.execPath,
      [
        '-e',
        `const fs=require('node:fs');fs.openSync(${fifo},fs.constants.O_RDONLY|fs.constants.O_NONBLOCK);console.log('watching');setInterval(()=>{},1000)`,
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    )
    foreign.push(watcher.pid!)
    await new Promise((resolve) => watcher.stdout.once('data', resolve))
    assert.equal((await members({ folder: attempt.folder, mark: attempt.mark, leader: attempt.process })).includes(watcher.pid!), false)
    assert.equal((await stop(launcher, attempt, 50)).gone, true)
    assert.ok(isLiving(watcher.pid!), 'the watching runner was killed')
  })

  test('an attempt of another installation, or whose mark only begins like ours, is not of the tree', async () => {
    const attempt = await sh(`${deaf}`)
    await lines(attempt, 1)
    const others = [`${attempt.mark}0`, `other${attempt.mark}`, ''].map((mark) =>
      startForeign('env', `HOLDFAST_MARK=${mark}`, 'sleep', '100'),
    )
    const found = await members({ folder: attempt.folder, mark: attempt.mark, leader: attempt.process })
    assert.ok(found.length > 0)
    for (const pid of [...others, process.pid]) assert.equal(found.includes(pid), false)
  })

  test('identity: start time and number together; nobody for a number that is free', () => {
    const self = identify(process.pid)
    assert.match(self?.startedAt ?? '', /^\d+$/)
    assert.equal(identify(2 ** 30), null)
    assert.notEqual(identify(startForeign('sleep', '100'))?.startedAt, null)
  })
})

const sight = { source: 'proc', carried: true } as const

async function members(tree: Tree): Promise<number[]> {
  return (await membersIn(await processTable(), tree, { sight })).map(({ pid }) => pid)
}

function startForeign(...argv: [string, ...string[]]): number {
  const [program, ...args] = argv
  const { pid } = spawn(program, args, { stdio: 'ignore', detached: true })
  if (pid === undefined) throw new Error(`${program} did not start`)
  foreign.push(pid)
  return pid
}
