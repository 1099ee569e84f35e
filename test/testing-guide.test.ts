// What docs/guides/testing.md says is run: each of its programs is a test file, and each call it names is there.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openTestHoldfast } from 'holdfast/testing'
import { temporaryFolder } from './contract/temporary.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const guide = readFileSync(join(root, 'docs/guides/testing.md'), 'utf8')
const programs = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')

test('every program of the guide passes as a test file of its own', async () => {
  const folder = temporaryFolder('testing-guide')
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const files = programs.map((_, number) => join(folder, `guide-${number}.test.ts`))
  for (const [number, file] of files.entries()) writeFileSync(file, programs[number] ?? '')
  assert.ok(files.length >= 3)
  // Without the variable by which a test runner knows that another one has started it.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env
  const { stdout } = await run(process.execPath, ['--conditions=holdfast-source', '--test', '--test-reporter=tap', ...files], {
    env: environment,
  })
  assert.match(stdout, /^# pass 4$/m)
})

test('every call that the guide names is there', async () => {
  await using holdfast = await openTestHoldfast()
  const named = [...guide.matchAll(/^\| `([^|]+)` \|/gm)]
    .flatMap((match) => [...(match[1] ?? '').matchAll(/([a-zA-Z.]+)\(/g)])
    .map((call) => call[1] ?? '')
  assert.deepEqual([...new Set(named)], ['drain', 'perform', 'runJob', 'submitted', 'clock.now', 'clock.advance'])
  for (const path of named) {
    const found = path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], holdfast)
    assert.equal(typeof found, 'function', path)
  }
})
