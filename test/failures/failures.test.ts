// What real tools wrote when they failed, and the line that a person would pick of it. Needs none of the tools.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { failureOf } from '../../src/core/failure.ts'
import { limits } from '../../src/core/limits.ts'
import { type Recording, readRecording, written } from './case.ts'

const recordingsOf = (set: string) => {
  const folder = fileURLToPath(new URL(`./${set}/`, import.meta.url))
  const names = readdirSync(folder).filter((name) => name.endsWith('.txt'))
  return names.map((name) => readRecording(name.replace('.txt', ''), readFileSync(`${folder}${name}`, 'utf8')))
}
const corpus = recordingsOf('corpus')

function failureOfRecording({ exitCode, signal, program, lines }: Recording) {
  const lastLines = lines.map((line, index) => ({ seq: index + 1, ...line }))
  return failureOf({ exitCode, signal, phase: null, saidError: null, program, lastLines })
}

describe('of what a real tool wrote, the line that says why', () => {
  for (const recording of corpus)
    test(recording.name, () => {
      const { message, kind, hint, logSeq } = failureOfRecording(recording)
      assert.deepEqual({ message, kind, hint: hint ?? null, line: logSeq }, recording.expected)
    })
})

test('the corpus is of at least sixty, none of them a success, each by one expected line', () => {
  assert.ok(corpus.length >= 60)
  for (const { name, exitCode, expected } of corpus) assert.ok(exitCode !== 0 && expected !== null, name)
})

test('a file of the corpus is written as it was read', () => {
  for (const recording of corpus) assert.deepEqual(readRecording(recording.name, written(recording)), recording)
})

test('where a line was written that says anything, nobody reads "Exited with code 1"', () => {
  const silent = corpus.filter((recording) => /^Exited with/.test(failureOfRecording(recording).message)).map(({ name }) => name)
  assert.deepEqual(silent, ['node-exit-code', 'shell-silent', 'shell-timeout', 'timeout-alone'])
})

test('the same lines behind many others: they are still found', () => {
  const before = Array.from({ length: 80 }, (_, index) => ({ stream: 'stdout' as const, text: `film ${index} of 80` }))
  for (const recording of corpus.filter(({ name }) => !/^(?:node-exit-code|shell-silent|shell-timeout|timeout-alone)$/.test(name))) {
    const failure = failureOfRecording({ ...recording, lines: [...before, ...recording.lines] })
    assert.equal(failure.message, recording.expected?.message, recording.name)
  }
  assert.ok(before.length < limits.failureRead)
})
