// In what order two streams stand that were read in one go.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../core/limits.ts'
import { fakeFile } from '../testing/fake-file.ts'
import { type ReadPosition, readWritten } from './attempt-reader.ts'

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

test('an error behind more than is read in one go stands behind all of it', () => {
  const files = { stdout: fakeFile(), stderr: fakeFile(), events: fakeFile(), close() {} }
  files.stdout.append('a line of the output\n'.repeat(limits.logReadBytes / 8))
  files.stderr.append('Error: no such file\n')
  const order: string[] = []
  let next: ReadPosition = { stdout: position, stderr: position, events: 0 }
  for (let isBehind = true; isBehind; ) {
    const bundle = readWritten(files, next, { isComplete: true, now: 1 })
    order.push(...new Set(bundle.blocks.map(({ stream }) => stream)))
    ;({ next, isBehind } = bundle)
  }
  assert.deepEqual(order, ['stdout', 'stdout', 'stdout', 'stderr'])
  assert.deepEqual([next.stdout.bytes, next.stderr.bytes], [files.stdout.size(), files.stderr.size()])
})
