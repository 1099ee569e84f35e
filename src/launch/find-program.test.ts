// A name finds the file that a shell would run, and never a folder, nor a file without the right to run.
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/contract/temporary.ts'
import { findProgram } from './find-program.ts'

const root = temporaryFolder('program')
const path = (name: string) => join(root, name)
for (const name of ['first', 'second', 'first/folder', 'cwd', 'cwd/bin']) mkdirSync(path(name))
const program = (name: string, mode = 0o700) => writeFileSync(path(name), '#!/bin/sh\n', { mode })
program('first/plain', 0o600)
program('second/plain')
program('second/folder')
program('first/only', 0o600)
program('cwd/bin/tool')
program('cwd/here')
program('first/-odd name')
symlinkSync(path('second/plain'), path('first/link'))
symlinkSync(path('gone'), path('first/dangling'))

const cases: [string, string, ReturnType<typeof findProgram>][] = [
  ['plain', 'first:second', { file: path('second/plain') }],
  ['folder', 'first:second', { file: path('second/folder') }],
  ['only', 'first:second', { refused: 'not executable' }],
  ['link', 'first', { file: path('first/link') }],
  ['-odd name', 'first', { file: path('first/-odd name') }],
  ['dangling', 'first:second', { refused: 'not found' }],
  ['nothing', 'first:second', { refused: 'not found' }],
  ['plain', 'gone:second', { file: path('second/plain') }],
  ['./here', 'first', { file: path('cwd/here') }],
  ['bin/tool', '', { file: path('cwd/bin/tool') }],
  [path('second/plain'), '', { file: path('second/plain') }],
  [path('first'), '', { refused: 'not executable' }],
  [path('gone'), '', { refused: 'not found' }],
  [path('second/plain/below'), '', { refused: 'not found' }],
]
for (const [name, folders, expected] of cases)
  test(`${JSON.stringify(name.replace(root, '…'))} in ${folders || 'no path'}: ${'refused' in expected ? expected.refused : 'found'}`, () => {
    const search = folders.split(':').filter(Boolean).map(path).join(':')
    assert.deepEqual(findProgram(name, path('cwd'), search), expected)
  })

test('an empty or relative place in PATH means the working folder, as for a shell', () => {
  assert.deepEqual(findProgram('here', path('cwd'), `${path('first')}:`), { file: path('cwd/here') })
  assert.deepEqual(findProgram('tool', path('cwd'), 'bin'), { file: path('cwd/bin/tool') })
})

test('the empty name is refused', () => {
  assert.ok('refused' in findProgram('', path('cwd'), path('first')))
})
