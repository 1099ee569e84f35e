// What holdfast.py does where there is no job: it reads its input from the command line, prints what is said, and needs nothing but Python.
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../contract/temporary.ts'
import { client, detector, runScript } from './scripts.ts'

const top = temporaryFolder('python-alone')

describe('outside a job', { concurrency: 2 }, () => {
  test('the detector runs alone: its lines, its progress on stderr, its result on stdout', async () => {
    const cwd = join(top, 'alone')
    mkdirSync(cwd)
    const input = '{"frames": 30, "frameMs": 0, "every": 10, "index": "faces"}'
    const { status, stdout, stderr } = await runScript('', { argv: [detector, input], cwd })
    assert.equal(status, 0)
    const lines = stdout.trim().split('\n')
    assert.deepEqual(lines.slice(0, 2), ['detector: 30 frames from 0', 'frame 10: 11 faces'])
    assert.deepEqual(JSON.parse(lines.at(-1) ?? ''), { frames: 30, faces: 40, first: 0 })
    const told = stderr.trim().split('\n')
    assert.deepEqual([told[0], told[1]], ['[1/2] Detect', '1/30 frames  3 %'])
    assert.ok(told.includes('saved: {"frame": 10, "faces": 11}') && told.includes('30/30 frames  100 %') && told.includes('[2/2] Write'))
    assert.deepEqual(readdirSync(cwd, { recursive: true }).sort(), [
      'holdfast-output',
      'holdfast-output/faces',
      'holdfast-output/faces/faces.json',
    ])
  })

  test('the input comes from the argument, from stdin, or is None; what is no JSON is told with an example', async () => {
    const script = 'import holdfast; print(holdfast.input(), holdfast.checkpoint(), holdfast.job())'
    const rest = ' None Job(id=None, attempt=1, dir=None)\n'
    assert.equal((await runScript(script, { args: ['{"a": [1]}'] })).stdout, `{'a': [1]}${rest}`)
    assert.equal((await runScript(script, { args: ['-'], stdin: '[7]' })).stdout, `[7]${rest}`)
    assert.equal((await runScript(script)).stdout, `None${rest}`)
    const { status, stderr } = await runScript(script, { args: ['film.mp4'] })
    assert.equal(status, 1)
    assert.match(stderr, /ValueError: the input is not JSON: 'film\.mp4'; give it as '\{"frames": 500\}', or - to read it from stdin\n$/)
  })

  test('in a terminal progress stays on one line', async () => {
    const script =
      'import holdfast; holdfast.progress(1, 2); holdfast.phase("Write"); holdfast.progress(1, message="b"); holdfast.result(None)'
    const tty = `import os, pty, sys; os.environ.pop("COLUMNS", None); sys.exit(os.waitstatus_to_exitcode(pty.spawn([sys.executable, "-c", ${JSON.stringify(script)}])))`
    const { status, stdout } = await runScript(tty)
    assert.deepEqual([status, stdout], [0, '1/2  50 %\r\x1b[KWrite\r\n1  b\r\x1b[Knull\r\n'])
  })

  test('it ends as it would have said: 1 after fail, 0 after snooze; SIGTERM is left alone', async () => {
    assert.deepEqual(await runScript('import holdfast; holdfast.do_not_retry("no sound")'), {
      status: 1,
      stdout: '',
      stderr: 'failed: no sound\n',
    })
    assert.deepEqual(await runScript('import holdfast; holdfast.snooze(90)'), { status: 0, stdout: '', stderr: 'snoozed for 90 s\n' })
    const script = 'import holdfast, signal; print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)'
    assert.equal((await runScript(script)).stdout, 'True\n')
  })

  test('it needs nothing but Python, explains every name, and hides nothing of Python', async () => {
    const imports = [...readFileSync(join(client, 'holdfast.py'), 'utf8').matchAll(/^ *(?:import|from) (\w+)/gm)].map(([, name]) => name)
    assert.ok(imports.length > 10)
    const { stdout, stderr } = await runScript(`
from holdfast import *
import builtins, holdfast, sys
print(input is builtins.input, [name for name in holdfast.__all__ if not getattr(holdfast, name).__doc__])
standard = getattr(sys, "stdlib_module_names", ())  # Since 3.10.
print([name for name in ${JSON.stringify(imports)} if standard and name not in standard and name != "holdfast"])
`)
    assert.deepEqual([stdout, stderr], ['True []\n[]\n', ''])
  })
})
