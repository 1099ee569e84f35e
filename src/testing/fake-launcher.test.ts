// The fake launcher keeps the attempt protocol of the real one: each test here has its like in src/launch.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Launcher } from '../launch/launcher.ts'
import { fakeClock } from './fake-clock.ts'
import { fakeLauncher } from './fake-launcher.ts'
import { fakeMachine } from './fake-machine.ts'
import type { FakeScript } from './fake-script.ts'

const never = new AbortController().signal

async function started(script: FakeScript) {
  const clock = fakeClock()
  const machine = fakeMachine({ clock, program: ({ argv }) => (argv[0] === 'known' ? script : null) })
  const launcher = fakeLauncher({ machine, clock, attempts: '/attempts' })
  const folder = await launcher.prepare('1-1')
  const command = { argv: ['known'], cwd: '/', environment: {}, folder, mark: 'here:1-1' }
  const answer = await launcher.start(command)
  const stop = (graceMs: number) => launcher.stop({ folder, mark: command.mark, process: null, graceMs, signal: never })
  return { clock, machine, launcher, folder, command, answer, stop }
}

function textOf(launcher: Launcher, folder: string): string {
  const { stdout } = launcher.follow(folder, () => {})
  return new TextDecoder().decode(stdout.readAt(0, stdout.size()))
}

describe('fakeLauncher', () => {
  test('a command writes on the clock, ends with its code, and is followed', async () => {
    const { clock, launcher, folder } = await started({
      steps: [
        { afterMs: 10, stdout: 'one\n' },
        { afterMs: 10, says: { result: 1 } },
      ],
      endsAfterMs: 5,
      exitCode: 3,
    })
    let grown = 0
    const files = launcher.follow(folder, () => grown++)
    const ended = launcher.ended(folder, never)
    assert.deepEqual(launcher.look(folder), { alive: true, exitCode: null, began: true })
    await clock.advance(15)
    assert.equal(textOf(launcher, folder), 'one\n')
    assert.ok(grown > 0)
    await clock.advance(10)
    assert.deepEqual(await ended, { alive: false, exitCode: 3, began: true })
    assert.equal(new TextDecoder().decode(files.events.readAt(0, 100)), '{"result":1}\n')
    assert.equal(launcher.exitedAt(folder), clock.now())
    assert.deepEqual(launcher.readBack(folder, 'stdout', { byteOffset: 1, byteLength: 2, sealed: 0 }), new Uint8Array(Buffer.from('ne')))
    assert.equal(launcher.readBack('/attempts/9-9', 'stdout', { byteOffset: 0, byteLength: 1, sealed: 0 }), null)
  })

  test('I4: one start per folder; what is barred never begins', async () => {
    const { machine, launcher, folder, command, answer } = await started({ endsAfterMs: null })
    assert.ok(answer.started)
    assert.deepEqual(await launcher.start(command), { started: false, refused: 'already began' })
    assert.equal(launcher.bar(folder), false)
    assert.equal(machine.folder(folder).starts, 1)
    const other = await launcher.prepare('2-1')
    assert.equal(launcher.bar(other), true)
    assert.deepEqual(await launcher.start({ ...command, folder: other }), { started: false, refused: 'already began' })
    assert.equal((await launcher.start({ ...command, argv: ['unknown'], folder: await launcher.prepare('3-1') })).started, false)
  })

  test('I11: TERM, grace, KILL, until nobody of the tree is left', async () => {
    const polite = await started({ endsAfterMs: null, ignoresTermMs: 100 })
    const first = polite.stop(1_000)
    await polite.clock.advance(500)
    assert.deepEqual(await first, { found: true, gone: true, killed: false, survivors: 0 })
    assert.equal(polite.launcher.look(polite.folder).exitCode, 143)
    const stubborn = await started({ endsAfterMs: null, ignoresTermMs: null, diesAfterKillMs: 300, leavesBehindMs: 60_000 })
    const second = stubborn.stop(1_000)
    await stubborn.clock.advance(1_100)
    assert.equal(stubborn.launcher.look(stubborn.folder).alive, true)
    await stubborn.clock.advance(1_000)
    assert.deepEqual(await second, { found: true, gone: true, killed: true, survivors: 0 })
    assert.equal(stubborn.launcher.look(stubborn.folder).exitCode, 137)
    assert.deepEqual(await stubborn.stop(10), { found: false, gone: true, killed: false, survivors: 0 })
  })

  test('who is left behind is alive after the exit record; a killed tree leaves none', async () => {
    const { clock, machine, launcher, folder } = await started({ endsAfterMs: 10, leavesBehindMs: 5_000 })
    const ended = launcher.ended(folder, never)
    await clock.advance(1_000)
    assert.deepEqual(await ended, { alive: true, exitCode: 0, began: true })
    machine.killTree(folder)
    assert.equal(launcher.look(folder).alive, false)
    const killed = await started({ endsAfterMs: null })
    killed.machine.killTree(killed.folder)
    assert.deepEqual(killed.launcher.look(killed.folder), { alive: false, exitCode: null, began: true })
  })

  test('a runner is seen alive while it holds on, and its folder stays when it dies', async () => {
    const { machine, launcher } = await started({})
    const letGo = await launcher.runners.hold('a')
    await launcher.runners.hold('b')
    machine.runners.died('b')
    assert.deepEqual(
      ['a', 'b', 'c'].map((id) => launcher.runners.isHeld(id)),
      [true, false, false],
    )
    letGo()
    assert.deepEqual(
      launcher.runners.list().map(({ runnerId }) => runnerId),
      ['b'],
    )
    launcher.runners.remove('b')
    assert.deepEqual(launcher.runners.list(), [])
  })
})
