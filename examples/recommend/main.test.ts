// What the command line means; what it does is in recommend.test.ts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asked } from './main.ts'

test('S1.1 setup takes one of two options or none, and a port is a number or a sentence', () => {
  assert.deepEqual(asked(['setup'], {}), { mode: null })
  assert.deepEqual(asked(['setup', '--refresh-data'], { PORT: '1' }), { mode: 'data' })
  assert.deepEqual(asked(['--refresh-profile', 'setup'], {}), { mode: 'profile' })
  assert.throws(() => asked(['setup', '--refresh-profile', '--refresh-data'], {}), { code: 'invalid_config', message: /one of the two/ })
  assert.deepEqual(asked(['--port=5002'], { PORT: '1' }), { port: 5002 })
  assert.deepEqual(asked([], { PORT: '5001' }), { port: 5001 })
  assert.deepEqual(asked([], {}), {})
  for (const wrong of ['x', '-1', '70000', '1.5', ''])
    assert.throws(() => asked([`--port=${wrong}`], {}), { code: 'invalid_config', message: /0 to 65535/ })
  for (const argv of [['--port'], ['--verbose'], ['x'], ['--refresh-data'], ['setup', '--port=1']])
    assert.throws(() => asked(argv, {}), { code: 'invalid_config', message: /^Usage/ })
})
