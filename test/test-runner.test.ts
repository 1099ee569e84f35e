// What `npm test` does with files that fail: real files in a folder of their own, run by the runner in a process of its own.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { testFiles } from '../tools/tests/files.ts'
import { mostRunAgain } from '../tools/tests/run-tests.ts'
import { temporaryFolder } from './contract/temporary.ts'

const program = fileURLToPath(new URL('./test-runner/run-folder.ts', import.meta.url))
const passes = `test('is right', () => {})`
const fails = `test('is wrong', () => { throw new Error('wrong each time') })`
const failsOnce = `
import { existsSync, writeFileSync } from 'node:fs'
const mark = new URL(import.meta.url + '.was-here')
test('is right beside', () => {})
test('is wrong at first', () => {
  if (existsSync(mark)) return
  writeFileSync(mark, '')
  throw new Error('busy just now')
})`
const belongs = `
import { after } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
describe('suite', () => {
  after(() => console.log('after the suite'))
  test('clears up', async (t) => {
    await delay(1)
    after(() => console.log('after the test'))
    await t.test('inner', () => {})
  })
  test('throws beside', async () => {
    setTimeout(() => { throw new Error('nobody catches this') }, 1)
    await delay(50)
  })
})
test('rejects beside', async () => {
  await delay(1)
  Promise.reject(new Error('nobody waits for this'))
  await delay(50)
})`
const isASuiteThatFails = `
describe('a suite', () => {
  test('right', () => {})
  test('wrong', () => { throw new Error('wrong inside') })
})`

describe('the runner of the tests', () => {
  test('what fails each time is counted; what fails beside others and passes alone is not, and is named with its first failure in full', () => {
    const { lines, text } = runFolder({
      'always.test.mjs': fails,
      'once.test.mjs': failsOnce,
      'passes.test.mjs': passes,
      'suite.test.mjs': isASuiteThatFails,
    })
    assert.equal(lines.at(-1), '4 passed, 2 failed', 'the tests of a suite are counted, the suite is not')
    assert.deepEqual(
      lines.filter((line) => line.startsWith('flaky:')).map((line) => line.replace(/;.*/, '')),
      ['flaky: once.test.mjs failed beside others and passed alone', 'flaky:   is wrong at first'],
    )
    const [before] = text.split('run once more, alone: always.test.mjs, once.test.mjs, suite.test.mjs\n')
    assert.match(before ?? '', /✖ failing tests:[\s\S]*busy just now\n.* at .*once\.test\.mjs:\d+/)
    assert.equal(text.match(/✖ is wrong \(/g)?.length, 4, 'each time where it failed, and in the list below')
  })

  test('a file that was alone at once, and more than a few, are not run again', () => {
    const alone = runFolder({ 'once.test.mjs': failsOnce })
    assert.equal(alone.lines.at(-1), '1 passed, 1 failed')
    const many = Object.fromEntries(Array.from({ length: mostRunAgain + 1 }, (_, index) => [`once-${index}.test.mjs`, failsOnce]))
    const { lines, text } = runFolder(many)
    assert.equal(lines.at(-1), `${mostRunAgain + 1} passed, ${mostRunAgain + 1} failed`)
    assert.doesNotMatch(text, /run once more|flaky/)
  })

  test('a file that ends before its tests do, or cannot be read, is a failure', () => {
    const { lines } = runFolder({ 'exits.test.mjs': `process.exit(3)`, 'broken.test.mjs': `test(`, 'passes.test.mjs': passes })
    assert.equal(lines.at(-1), '1 passed, 2 failed')
  })

  test('what comes after an await, and an error that nobody catches, belong to their test, without following every promise', () => {
    const { lines, text } = runFolder({ 'belongs.test.mjs': belongs })
    assert.equal(lines.at(-1), '2 passed, 2 failed')
    assert.deepEqual(
      lines.filter((line) => line.startsWith('after ')),
      ['after the test', 'after the suite'],
    )
    assert.match(text, /✖ throws beside .*\n +Error: nobody catches this[\s\S]*✖ rejects beside .*\n +Error: nobody waits for this/)
  })

  test('files: the long ones are asked for, or named whole', () => {
    const root = folderOf({ 'src/a.test.ts': '', 'test/b.test.ts': '', 'test/b.long.test.ts': '', 'examples/shop/dist/c.test.ts': '' })
    assert.deepEqual(testFiles(root, { only: [], long: false }), ['src/a.test.ts', 'test/b.test.ts'])
    assert.deepEqual(testFiles(root, { only: [], long: true }), ['test/b.long.test.ts'])
    assert.deepEqual(testFiles(root, { only: ['test/b'], long: false }), ['test/b.test.ts'])
    assert.deepEqual(testFiles(root, { only: ['test/b.long.test.ts'], long: false }), ['test/b.long.test.ts'])
  })
})

function runFolder(files: Record<string, string>): { text: string; lines: string[] } {
  const root = folderOf(files)
  // Who runs inside a test does not run any itself.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { stdout, stderr } = spawnSync(process.execPath, [program, root, ...Object.keys(files)], { env, encoding: 'utf8' })
  return { text: stdout + stderr, lines: stdout.trimEnd().split('\n') }
}

function folderOf(files: Record<string, string>): string {
  const root = temporaryFolder('test-runner')
  for (const [name, text] of Object.entries(files)) {
    const file = join(root, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `import { describe, test } from 'node:test'\n${text}\n`)
  }
  return root
}
