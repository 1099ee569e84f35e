// What the command line means; what it does is in recommend.test.ts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asked } from './main.ts'

test('S1.1 setup takes one of two options or none, and what is said wrong is answered with the usage', () => {
  assert.equal(asked(['setup']).mode, null)
  assert.equal(asked(['setup', '--refresh-data']).mode, 'data')
  assert.equal(asked(['--refresh-profile', 'setup', '--data=films']).mode, 'profile')
  assert.throws(() => asked(['setup', '--refresh-profile', '--refresh-data']), { code: 'invalid_config', message: /one of the two/ })
  assert.deepEqual(asked(['--port=5002', '--data', 'films']), { port: 5002, data: 'films' })
  for (const argv of [['x'], ['--refresh-data'], ['setup', 'x']])
    assert.throws(() => asked(argv), { code: 'invalid_config', message: /^Usage: recommend/ })
})
