// What `npm run example` and `npm test` do before an example app can start: install what is not there, once, or say what is missing.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { exampleFolder, exampleNames, isApart, isInstalled, prepareExample } from '../tools/examples.ts'
import { temporaryFolder } from './contract/temporary.ts'

test('an example with a lockfile of its own is installed once, and again when the lockfile has changed', () => {
  const folder = exampleWith({})
  assert.equal(isApart(folder), true)
  assert.equal(isInstalled(folder), false)
  prepareExample(folder)
  assert.equal(isInstalled(folder), true)
  assert.ok(existsSync(join(folder, 'node_modules/part/package.json')))
  writeFileSync(join(folder, 'node_modules/mark'), '')
  prepareExample(folder)
  assert.ok(existsSync(join(folder, 'node_modules/mark')), 'what is installed is left as it is')

  writeFileSync(join(folder, 'package-lock.json'), `${lock}\n`)
  assert.equal(isInstalled(folder), false)
  prepareExample(folder)
  assert.ok(!existsSync(join(folder, 'node_modules/mark')))
})

test('a program that is missing is installed where that is possible, and named in one sentence where it is not', () => {
  const program = join(temporaryFolder('program'), 'dynamo')
  const folder = exampleWith({ debian: { coreutils: 'sh', 'dynamo-tools': program } })
  const asked: string[][] = []
  const refuse = (packages: readonly string[]) => void asked.push([...packages])
  assert.throws(() => prepareExample(folder, refuse), { message: /needs \S+\/dynamo \(Debian: dynamo-tools\): install it/ })
  prepareExample(folder, () => writeFileSync(program, ''))
  prepareExample(folder, refuse)
  assert.deepEqual(asked, [['dynamo-tools']])
})

test('every example has its place: a workspace of the root, or a lockfile and types of its own', () => {
  const names = exampleNames()
  assert.ok(names.includes('recommend'))
  for (const name of names.filter((name) => name !== 'recommend')) {
    assert.ok(isApart(exampleFolder(name)), name)
    assert.ok(existsSync(join(exampleFolder(name), 'tsconfig.json')), name)
  }
})

const tool = fileURLToPath(new URL('../tools/example.ts', import.meta.url))

test('npm run example becomes the app, with the arguments behind its name', () => {
  for (const name of exampleNames()) {
    const { status, stderr } = spawnSync(process.execPath, ['--conditions=holdfast-source', tool, name, '--nonsense'], { encoding: 'utf8' })
    assert.equal(status, 2, stderr)
    assert.match(stderr, new RegExp(`--nonsense[\\s\\S]*${name} (-- )?\\[--port NUMBER\\]`), name)
  }
})

test('npm run example names the examples to whoever asks for another', () => {
  const { status, stderr } = spawnSync(process.execPath, [tool, 'nosuch'], { encoding: 'utf8' })
  assert.equal(status, 1)
  assert.match(stderr, /^There is no example “nosuch”\. npm run example NAME, where NAME is one of: .*recommend.*\.\n$/)
})

/** An example whose only package lies beside it, so that nothing is downloaded. */
function exampleWith(holdfastExample: object): string {
  const folder = temporaryFolder('example')
  mkdirSync(join(folder, 'part'))
  writeFileSync(join(folder, 'part/package.json'), JSON.stringify({ name: 'part', version: '1.0.0' }))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, holdfastExample }))
  writeFileSync(join(folder, 'package-lock.json'), lock)
  return folder
}

const manifest = { name: 'app', version: '0.0.0', dependencies: { part: 'file:part' } }

const lock = JSON.stringify({
  name: 'app',
  version: '0.0.0',
  lockfileVersion: 3,
  requires: true,
  packages: {
    '': { name: 'app', version: '0.0.0', dependencies: { part: 'file:part' } },
    'node_modules/part': { resolved: 'part', link: true },
    part: { version: '1.0.0' },
  },
})
