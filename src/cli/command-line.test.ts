// What an app's command line means.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commandLine } from './command-line.ts'

const usage = 'books [--port NUMBER]'
const of = (argv: string[], environment: NodeJS.ProcessEnv = {}) => commandLine({ usage, port: 4747, argv, environment })

test('a port comes from --port, else from PORT, else from the app', () => {
  assert.deepEqual(of(['--port=5002', '--data', 'films'], { PORT: '1' }), { port: 5002, data: 'films', values: {}, positionals: [] })
  assert.equal(of([], { PORT: '5001' }).port, 5001)
  assert.equal(of([], { PORT: '' }).port, 4747)
  assert.equal(of(['--port', '0']).port, 0)
})

test('what is wrong is a sentence that names it, and the usage', () => {
  for (const wrong of ['x', '-1', '70000', '1.5', ''])
    assert.throws(() => of([`--port=${wrong}`]), {
      code: 'invalid_config',
      message: /from 0 to 65535, not “.*”\. Usage: books \[--port NUMBER\]\.$/,
    })
  assert.throws(() => of([], { PORT: 'http' }), { code: 'invalid_config', message: /not “http”/ })
  assert.throws(() => of(['--data=']), { code: 'invalid_config', message: /data folder has no name/ })
  assert.throws(() => of(['--verbose']), { code: 'invalid_config', message: "Unknown option '--verbose'. Usage: books [--port NUMBER]." })
  assert.throws(() => of(['--port']), { code: 'invalid_config', message: /'--port <value>' argument missing\. Usage/ })
  assert.throws(() => of(['now']), { code: 'invalid_config', message: /^Unexpected argument 'now'\. .*Usage/ })
})

test('an app has options and words of its own', () => {
  const options = { worker: { type: 'boolean', default: true }, name: { type: 'string' } } as const
  const { values, positionals } = commandLine({
    usage,
    port: 1,
    options,
    allowPositionals: true,
    argv: ['go', '--no-worker', '--name=x'],
    environment: {},
  })
  const worker: boolean = values.worker
  const name: string | undefined = values.name
  assert.deepEqual([worker, name, positionals], [false, 'x', ['go']])
})
