// The one line that says why: real outputs of real tools, and that it is always one short line of text.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { cancelledFailure, type EndFacts, failureOf, interruptedFailure, signalOfExitCode } from './failure.ts'
import type { Stream } from './job.ts'
import { limits } from './limits.ts'

const linesOf = (text: string, stream: Stream = 'stderr') =>
  text.split('\n').map((line, index) => ({ seq: index + 11, stream, text: line }))

function facts(given: Partial<EndFacts>): EndFacts {
  return { exitCode: 1, signal: null, phase: null, saidError: null, lastLines: [], program: 'tool', ...given }
}

const pythonTraceback = `Traceback (most recent call last):
  File "/app/scan.py", line 9, in <module>
    scan(frames)
  File "/app/scan.py", line 4, in scan
    raise ValueError(f"bad frame {n}")
ValueError: bad frame 7`

const nodeError = `file:///app/rebuild.js:12
  throw new TypeError('film 7 has no year')
        ^

TypeError: film 7 has no year
    at rebuild (file:///app/rebuild.js:12:9)
    at async file:///app/rebuild.js:20:1

Node.js v24.21.0`

const nodeErrorInColour = `file:///app/rebuild.js:12
\u001b[31mTypeError\u001b[39m: film 7 has no year
\u001b[90m    at node:internal/modules/run_main:117:7\u001b[39m
Node.js v24.21.0`

const javaError = `Exception in thread "main" java.lang.IllegalStateException: the index is open
\tat shop.Index.open(Index.java:31)
\tat shop.Main.main(Main.java:8)`

describe('failureOf chooses the line that says why', () => {
  const cases: [string, Partial<EndFacts>, { kind: string; message: string; logSeq?: number | null }][] = [
    [
      'sh',
      { exitCode: 2, lastLines: linesOf('sh: 1: Syntax error: Unterminated quoted string') },
      { kind: 'exit', message: 'sh: 1: Syntax error: Unterminated quoted string', logSeq: 11 },
    ],
    ['python', { lastLines: linesOf(pythonTraceback) }, { kind: 'error', message: 'ValueError: bad frame 7', logSeq: 16 }],
    [
      'python, raised while another was handled',
      {
        lastLines: linesOf(
          `KeyError: 'year'\n\nDuring handling of the above exception, another exception occurred:\n\njson.decoder.JSONDecodeError: Extra data: line 1`,
        ),
      },
      { kind: 'error', message: 'json.decoder.JSONDecodeError: Extra data: line 1', logSeq: 15 },
    ],
    ['python sys.exit("text")', { lastLines: linesOf('no model in /models') }, { kind: 'exit', message: 'no model in /models' }],
    ['node', { lastLines: linesOf(nodeError) }, { kind: 'error', message: 'TypeError: film 7 has no year', logSeq: 15 }],
    ['node in colour', { lastLines: linesOf(nodeErrorInColour) }, { kind: 'error', message: 'TypeError: film 7 has no year', logSeq: 12 }],
    [
      'node with a code',
      { lastLines: linesOf(`TypeError [ERR_INVALID_ARG_TYPE]: The "path" argument must be of type string`) },
      { kind: 'error', message: 'TypeError [ERR_INVALID_ARG_TYPE]: The "path" argument must be of type string' },
    ],
    [
      'a whole line in colour',
      { lastLines: linesOf('\u001b[31mTypeError: film 7 has no year\u001b[39m\n    at rebuild (file:///app/rebuild.js:12:9)') },
      { kind: 'error', message: 'TypeError: film 7 has no year', logSeq: 11 },
    ],
    [
      'java',
      { lastLines: linesOf(javaError) },
      { kind: 'error', message: 'java.lang.IllegalStateException: the index is open', logSeq: 11 },
    ],
    ['126', { exitCode: 126 }, { kind: 'launch', message: 'Could not start: `tool` cannot be executed' }],
    ['127', { exitCode: 127 }, { kind: 'launch', message: 'Could not start: `tool` was not found' }],
    ['KILL', { exitCode: 137, signal: 'SIGKILL' }, { kind: 'signal', message: 'Killed by SIGKILL' }],
    ['SEGV', { exitCode: 139, signal: 'SIGSEGV' }, { kind: 'signal', message: 'Ended by SIGSEGV' }],
    [
      'what the job itself said wins over everything',
      { exitCode: 137, signal: 'SIGKILL', saidError: 'disk is full', lastLines: linesOf('ValueError: no\nerror: disk is full\nbye') },
      { kind: 'error', message: 'disk is full', logSeq: 12 },
    ],
    ['no output at all', { exitCode: 3 }, { kind: 'exit', message: 'Exited with code 3', logSeq: null }],
    [
      'only stdout, which may be anything',
      { exitCode: 3, lastLines: linesOf('10 of 20 done', 'stdout') },
      { kind: 'exit', message: 'Exited with code 3', logSeq: 11 },
    ],
    [
      'rulers and frames are not a reason',
      { exitCode: 3, lastLines: linesOf('boom\n    at x (y:1)\n-----') },
      { kind: 'exit', message: 'boom' },
    ],
  ]
  for (const [name, given, wanted] of cases)
    test(name, () => {
      const failure = failureOf(facts(given))
      assert.deepEqual({ kind: failure.kind, message: failure.message }, { kind: wanted.kind, message: wanted.message })
      if (wanted.logSeq !== undefined) assert.equal(failure.logSeq, wanted.logSeq)
    })

  test('127 of a shell: the line says which program was not found, not that the shell was not', () => {
    const failure = failureOf(facts({ exitCode: 127, program: 'sh', lastLines: linesOf('sh: 1: ffmpeg: not found') }))
    assert.match(failure.message, /ffmpeg/)
  })

  test('126 of a shell: the same', () => {
    const failure = failureOf(facts({ exitCode: 126, program: 'sh', lastLines: linesOf('sh: 1: ./scan.py: Permission denied') }))
    assert.match(failure.message, /scan\.py/)
  })

  test('an error without words still says something', () => {
    for (const saidError of ['', ' ', '\n', '\u001b[0m']) assert.match(failureOf(facts({ saidError })).message, /\w/)
  })

  test('the facts are kept beside the line', () => {
    const failure = failureOf(facts({ exitCode: 139, signal: 'SIGSEGV', phase: 'Embed', lastLines: linesOf('a\nb') }))
    assert.deepEqual(
      { phase: failure.phase, exitCode: failure.exitCode, signal: failure.signal, lastLines: failure.lastLines },
      { phase: 'Embed', exitCode: 139, signal: 'SIGSEGV', lastLines: ['a', 'b'] },
    )
  })
})

describe('a failure is one short line of text', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.string({ unit: 'grapheme', minLength: 150, maxLength: 400 }),
    fc.constantFrom('x'.repeat(100_000), '\u001b[31m'.repeat(500), 'a\r\nb\tc\u0000d', '\u009b31mred', '\u001b]0;title\u0007x', 'a\u2028b'),
  )
  const isOneLine = (text: string) => {
    assert.ok(text.length <= limits.failureMessage, `${text.length} characters`)
    assert.doesNotMatch(text, /[\p{Cc}\u2028\u2029]/u)
    assert.ok(text.isWellFormed(), 'no half of a character')
  }

  test('property: whatever the job wrote or said', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 30 }), fc.option(anyText), fc.nat(255), (texts, saidError, exitCode) => {
        const lastLines = texts
          .filter((text) => text.isWellFormed())
          .map((text, index) => ({ seq: index + 1, stream: 'stderr' as const, text }))
        const failure = failureOf(facts({ saidError: saidError?.isWellFormed() ? saidError : null, exitCode, lastLines }))
        isOneLine(failure.message)
        assert.ok(failure.lastLines.length <= limits.failureLines)
        failure.lastLines.forEach(isOneLine)
      }),
    )
  })

  test('a program with a long or odd name', () => {
    for (const exitCode of [126, 127]) isOneLine(failureOf(facts({ exitCode, program: `/opt/\n${'x'.repeat(300)}` })).message)
  })

  test('a person with a long or odd name', () => {
    isOneLine(cancelledFailure(`Ada\n${'x'.repeat(300)}`).message)
    assert.equal(cancelledFailure('Ada').message, 'Cancelled by Ada')
    assert.equal(cancelledFailure(null).message, 'Cancelled')
  })

  test('an interruption', () => {
    const failure = interruptedFailure('the machine was restarted while it ran', 'Embed')
    isOneLine(failure.message)
    assert.deepEqual([failure.kind, failure.phase], ['interrupted', 'Embed'])
  })
})

test('exit codes above 128 name the signal that a shell means by them', () => {
  const named = {
    129: 'SIGHUP',
    130: 'SIGINT',
    134: 'SIGABRT',
    137: 'SIGKILL',
    139: 'SIGSEGV',
    141: 'SIGPIPE',
    143: 'SIGTERM',
    152: 'SIGXCPU',
  }
  for (const [code, signal] of Object.entries(named)) assert.equal(signalOfExitCode(Number(code)), signal)
  for (const code of [0, 1, 126, 127, 128, 255]) assert.equal(signalOfExitCode(code), null)
})
