// Whatever a job writes, choosing its line stays cheap and never throws.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { failureOf } from '../failure.ts'
import type { Stream } from '../job.ts'
import { limits } from '../limits.ts'
import { seenLine } from './seen-line.ts'

const failureOfLines = (texts: readonly string[], more: { exitCode?: number; stream?: Stream } = {}) =>
  failureOf({
    exitCode: more.exitCode ?? 1,
    signal: null,
    phase: null,
    saidError: null,
    program: 'tool',
    lastLines: texts.map((text, index) => ({ seq: index + 1, stream: more.stream ?? 'stderr', text })),
  })

// Processor time, not the clock's: the machine may be busy with other things.
function processorMs(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

// Beginnings that the rules look for, and what they would have to go through behind them.
const beginnings = [
  '',
  'Traceback (most recent call last):',
  'FAILED ',
  'ERROR ',
  'make: ',
  'npm error ',
  'fatal: [a]: FAILED! => {"msg": "',
  "thread 'main' panicked at '",
]
const more = [
  'Caused by: ',
  '{"level":50,"msg":"',
  'level=error msg="',
  '2026-11-28 12:00:00 ',
  'CMake Error at ',
  ' ! [',
  'a.a: ',
  '/a:1',
  'sync.rb:2:in `',
]
const repeated = [
  'a',
  'a ',
  ' ',
  '0',
  '\r',
  '\u001b[',
  '\u001b[1;',
  ' ---> ',
  ' at ',
  '\\',
  '"',
  ': ',
  '.a',
  'Error: ',
  "': ",
  'at line 1 ',
  '\t',
  ' - ',
  '1:1 ',
]

test('a line of a megabyte costs little, whatever it is made of', () => {
  for (const beginning of [...beginnings, ...more])
    for (const part of repeated) {
      // All of them at a twentieth of it: the test is to be short.
      const length = beginning === '' ? 1_000_000 : 50_000
      const line = beginning + part.repeat(length / part.length)
      const ms = processorMs(() => failureOfLines([line, line]))
      assert.ok(ms < 500, `${JSON.stringify(beginning)} and ${JSON.stringify(part)}: ${ms} ms`)
    }
})

test('time grows with the lines, and only the last ones are looked at', () => {
  const lines = Array.from(
    { length: 100_000 },
    (_, index) => `warning: frame ${index} at scan.py line ${index}. Traceback (most recent call last):`,
  )
  const ms = processorMs(() => failureOfLines(lines))
  assert.ok(ms < 2_000, `${ms} ms`)
})

test('property: it never throws, names a line that is there, and is the same each time', () => {
  const piece = fc.constantFrom(
    ...beginnings,
    ...more,
    ...repeated,
    'ValueError: x',
    '[errors]: [',
    'Caused by:',
    '  what():  x',
    'goroutine 1 [running]:',
  )
  const line = fc.array(fc.oneof(piece, fc.string({ maxLength: 8 })), { maxLength: 6 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), fc.nat(255), fc.constantFrom<Stream>('stdout', 'stderr'), (lines, exitCode, stream) => {
      const failure = failureOfLines(lines, { exitCode, stream })
      assert.ok(failure.message.length > 0 && failure.message.length <= limits.failureMessage)
      assert.ok(failure.logSeq === null ? lines.length === 0 : failure.logSeq >= 1 && failure.logSeq <= lines.length)
      assert.deepEqual(failureOfLines(lines, { exitCode, stream }), failure)
    }),
    { numRuns: 150 },
  )
})

test('what loggers put in front is left out, what belongs to the sentence stays', () => {
  const cases: [string, string, string | null][] = [
    ['2026-11-28 12:00:01 ERROR app: could not open the index', 'could not open the index', 'error'],
    ['2026-11-28 12:00:01,123 - app.worker - ERROR - no camera', 'no camera', 'error'],
    ['12:00:01.123 [main] ERROR com.shop.Index - the index is open', 'the index is open', 'error'],
    ['2026-11-28T12:00:01.123Z\tERROR\tno camera', 'no camera', 'error'],
    ['[2026-11-28 12:00:01] production.ERROR: no camera', 'production.ERROR: no camera', null],
    ['Nov 28 12:00:01 box scan[71]: no camera', 'no camera', null],
    ['E1128 12:00:01.123456    7 scan.go:9] no camera', 'no camera', 'error'],
    ['2026/11/28 12:00:01 no camera', 'no camera', null],
    ['[ERROR] no camera', 'no camera', 'error'],
    ['ERROR:root:no camera', 'no camera', 'error'],
    ['{"level":"error","msg":"no camera","error":"ENOENT"}', 'no camera: ENOENT', 'error'],
    ['time=2026-11-28T12:00:01Z level=ERROR msg="no \\"front\\" camera" err=ENOENT', 'no "front" camera: ENOENT', 'error'],
    ['worker-1  | ValueError: bad frame', 'ValueError: bad frame', null],
    ['2026-11-28 12:00:01 ERROR ENOENT: no such file', 'ENOENT: no such file', 'error'],
    ['ERROR: no camera', 'ERROR: no camera', null],
    ['error: no camera', 'error: no camera', null],
    ['10%\r20%\rno camera\r', 'no camera', null],
    ['\u001b[31mno camera\u001b[0m', 'no camera', null],
  ]
  for (const [shown, text, level] of cases) {
    const seen = seenLine({ seq: 1, stream: 'stderr', text: shown })
    assert.deepEqual([seen.text, seen.level], [text, level], shown)
  }
})
