// In what order two streams stand that were read in one go.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeFile } from '../testing/fake-file.ts'
import { readWritten } from './attempt-reader.ts'

const position = { fileNumber: 0, bytes: 0, hole: { at: 0, bytes: 0 } }

function readOnce(write: (files: Record<'stdout' | 'stderr' | 'events', ReturnType<typeof fakeFile>>) => void): string[] {
  const files = { stdout: fakeFile(), stderr: fakeFile(), events: fakeFile(), close() {} }
  write(files)
  return readWritten(files, { stdout: position, stderr: position, events: 0 }, { isComplete: true, now: 1 }).blocks.map(
    ({ stream }) => stream,
  )
}

test('an error that came after the output stands after it; output that came after a warning, after that', () => {
  const failing = readOnce(({ stdout, stderr }) => {
    stdout.append('1\n2\n')
    stderr.append('Error: no such file\n')
  })
  assert.deepEqual(failing, ['stdout', 'stderr'])
  const warned = readOnce(({ stdout, stderr }) => {
    stderr.append('slow disk\n')
    stdout.append('done\n')
  })
  assert.deepEqual(warned, ['stderr', 'stdout'])
})

test('where the clock cannot tell them apart the error stands last', () => {
  const at = (file: ReturnType<typeof fakeFile>) => Object.assign(file, { writtenAt: () => 7 })
  const order = readOnce(({ stdout, stderr }) => {
    at(stderr).append('Error: no such file\n')
    at(stdout).append('1\n')
  })
  assert.deepEqual(order, ['stdout', 'stderr'])
})
