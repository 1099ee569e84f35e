// What is found in a log: a text from where the reader stands, errors, the beginning of a phase, the lines of an address. Against a log that answers as
// the server does, a part of it at a time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LogLine, LogPage, LogRange, Stream } from '../../src/client/index.ts'
import { piecesOf, plain } from '../../src/views/log/ansi-pieces.ts'
import { hashOfRange, rangeOfHash } from '../../src/views/log/line-range.ts'
import { nextError, previousError } from '../../src/views/log/log-errors.ts'
import { headsOf, lineAt } from '../../src/views/log/log-phases.ts'
import { LogSearch, mostHits } from '../../src/views/log/log-search.ts'

/** One call looks through so many lines. */
const stretch = 100

function logOf(lines: LogLine[]) {
  const asked: LogRange[] = []
  const load = async (range: LogRange): Promise<LogPage> => {
    asked.push(range)
    const { after, before, q, limit = 1_000, stream } = range
    const isBack = before !== undefined
    const all = lines.filter(({ seq }) => (isBack ? seq < before : seq > (after ?? 0)))
    const part = q === undefined ? all : isBack ? all.slice(-stretch) : all.slice(0, stretch)
    const fitting = part.filter((line) => (stream?.includes(line.stream) ?? true) && line.text.includes(q ?? ''))
    const found = isBack ? fitting.slice(-limit) : fitting.slice(0, limit)
    const searched = part.length === all.length ? null : ((isBack ? part[0] : part.at(-1))?.seq ?? null)
    return { lines: found, lastSeq: lines.length, unfinished: [], ...(q !== undefined && { searched }) }
  }
  return { load, asked }
}

function linesOf(total: number, textOf: (seq: number) => string, streamOf: (seq: number) => Stream = () => 'stdout'): LogLine[] {
  return Array.from({ length: total }, (_, place) => {
    const seq = place + 1
    return { seq, attempt: 1, stream: streamOf(seq), at: seq * 10, text: textOf(seq) }
  })
}

test('a text is found in the whole log, the nearest after the reader first, in order and once each', async () => {
  const { load } = logOf(linesOf(1_000, (seq) => (seq % 90 === 0 ? 'needle' : 'hay')))
  const search = new LogSearch(load)
  const first: number[] = []
  await search.start('needle', 500, (seq) => first.push(seq))
  assert.deepEqual(first, [540])
  assert.deepEqual(
    search.hits.value,
    Array.from({ length: 11 }, (_, place) => (place + 1) * 90),
  )
  assert.deepEqual([search.busy.value, search.searched.value, search.stopped.value], [false, 1, null])
  assert.deepEqual([search.step(1), search.step(-1), search.step(-1)], [630, 540, 450])
})

test('who stands at the end goes to the last place before it; what comes later is found too', async () => {
  const { load } = logOf(linesOf(300, (seq) => (seq % 100 === 7 ? 'needle' : 'hay')))
  const search = new LogSearch(load)
  let first = 0
  await search.start('needle', 301, (seq) => {
    first = seq
  })
  assert.equal(first, 207)
  search.take([{ seq: 301, attempt: 1, stream: 'stdout', at: 1, text: 'a \u001b[31mneedle\u001b[0m' }])
  assert.deepEqual([search.hits.value, search.step(1), search.step(1)], [[7, 107, 207, 301], 301, 7])
})

test('a search can be stopped and keeps what it has; another one drops the answers to the first', async () => {
  const { load, asked } = logOf(linesOf(1_000, () => 'needle'))
  const search = new LogSearch(load)
  const first = search.start('needle', 1, () => search.abort())
  await first
  assert.deepEqual([search.stopped.value, search.hits.value.length, asked.length], ['by hand', stretch, 1])
  const late = search.start('needle', 1, () => assert.fail('nobody asks for it any more'))
  const other = search.start('hay', 1, () => {})
  await Promise.all([late, other])
  assert.deepEqual([search.text.value, search.hits.value, search.busy.value], ['hay', [], false])
})

test('more places than anybody looks at end the search', async () => {
  const { load } = logOf(linesOf(mostHits + 500, () => 'needle'))
  const search = new LogSearch(load)
  await search.start('needle', 1, () => {})
  assert.deepEqual([search.hits.value.length, search.stopped.value], [mostHits, 'full'])
})

test('an error is where a stretch of stderr begins, or the line that the failure names', async () => {
  const isError = (seq: number) => [10, 11, 12, 40, 1_700].includes(seq)
  const { load } = logOf(
    linesOf(
      2_000,
      () => '',
      (seq) => (isError(seq) ? 'stderr' : 'stdout'),
    ),
  )
  assert.deepEqual(
    [await nextError(load, 0, null), await nextError(load, 10, null), await nextError(load, 40, null), await nextError(load, 1_700, null)],
    [10, 40, 1_700, null],
  )
  assert.deepEqual(
    [await previousError(load, 2_001, null), await previousError(load, 40, null), await previousError(load, 10, null)],
    [1_700, 10, null],
  )
  assert.deepEqual(
    [await nextError(load, 40, 1_000), await previousError(load, 1_700, 1_000), await previousError(load, 5, 3)],
    [1_000, 1_000, 3],
  )
})

test('a phase stands before its first line, and that line is found in a long log by its time', async () => {
  const lines = linesOf(5_000, () => '')
  const spans = [
    { name: 'Read', startedAt: 5, finishedAt: 20_005 },
    { name: 'Write', startedAt: 20_005, finishedAt: null },
  ]
  const phases = { attempt: 1, spans, last: 'running' as const }
  const heads = [headsOf(lines.slice(0, 200), undefined, phases), headsOf(lines.slice(2_000, 2_200), lines[1_999], phases)]
  assert.deepEqual(
    heads.map((some) => some.map(({ seq, span, look }) => [seq, span.name, look])),
    [[[1, 'Read', 'over']], [[2_001, 'Write', 'running']]],
  )
  assert.deepEqual(headsOf(lines.slice(2_200, 2_400), lines[2_199], phases), [])
  const { load, asked } = logOf(lines)
  assert.equal(await lineAt(load, { attempt: 1, at: 20_005, last: 5_000 }), 2_001)
  assert.ok(asked.length <= 13)
  assert.equal(await lineAt(load, { attempt: 1, at: 50_001, last: 5_000 }), null)
})

test('an address names a line or lines, and nothing else is taken for one', () => {
  const named = ['#L420', '#L420-L440', '#L440-L420', '#L420-440'].map((hash) => rangeOfHash(hash))
  assert.deepEqual(named, [
    { from: 420, to: 420 },
    { from: 420, to: 440 },
    { from: 420, to: 440 },
    { from: 420, to: 440 },
  ])
  for (const hash of ['', '#', '#L', '#L0', '#L-1', '#L1-', '#L1-L2-L3', '#L1e3', '#L99999999999999999', 'L1'])
    assert.equal(rangeOfHash(hash), null)
  assert.deepEqual([hashOfRange({ from: 4, to: 4 }), hashOfRange({ from: 4, to: 9 })], ['#L4', '#L4-L9'])
})

test('what is looked for is marked across colours, and the text stays as it was', () => {
  const text = 'a \u001b[31mMem\u001b[0mory \u001b[38;5;208mmemory\u001b[0m\u001b]8;;javascript:alert(1)\u0007link\u001b]8;;\u0007'
  const pieces = piecesOf(text, 'memory')
  assert.equal(pieces.map((piece) => piece.text).join(''), 'a Memory memorylink')
  assert.equal(plain(text), 'a Memory memorylink')
  assert.deepEqual(
    pieces.filter(({ isMarked }) => isMarked).map((piece) => [piece.text, piece.names]),
    [
      ['Mem', 'a-red'],
      ['ory', ''],
      ['memory', 'a-yellow'],
    ],
  )
  assert.equal(plain('\u001b[\u001b[31m\u001b'), '')
  assert.deepEqual(piecesOf('\u001b[38;2;80;120;255mblue\u001b[0m'), [{ text: 'blue', names: 'a-blue', isMarked: false }])
})
