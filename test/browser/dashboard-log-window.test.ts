// The window on a log, against a log that grows while answers are on their way: no gap, no repeat, never too many lines.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LogLine, LogPage, LogRange } from '../../src/client/index.ts'
import { mostLines } from '../../src/views/log/log-blocks.ts'
import { LogWindow, pageLines } from '../../src/views/log/log-window.ts'

/** A log that answers when told to, so that lines can come in between. */
function growingLog(length: number) {
  let lines = 0
  const waiting: (() => void)[] = []
  const grow = (by: number): LogLine[] => {
    const fresh = Array.from({ length: by }, (_, place) => lineOf(lines + place + 1))
    lines += by
    return fresh
  }
  const answer = ({ after, before, limit = 0, stream }: LogRange): LogPage => {
    const all = Array.from({ length: lines }, (_, place) => lineOf(place + 1)).filter(
      (line) => stream === undefined || stream.includes(line.stream),
    )
    const found =
      before === undefined
        ? all.filter(({ seq }) => seq > (after ?? 0)).slice(0, limit)
        : all.filter(({ seq }) => seq < before).slice(-limit)
    return { lines: found, lastSeq: lines, unfinished: [] }
  }
  const load = (range: LogRange) => {
    // The page is as of the question, however late it comes.
    const page = answer(range)
    return new Promise<LogPage>((resolve) => waiting.push(() => resolve(page)))
  }
  grow(length)
  return {
    load,
    grow,
    length: () => lines,
    answerOne: async () => {
      waiting.shift()?.()
      await settled()
    },
    answerAll: async () => {
      while (waiting.length > 0) {
        waiting.shift()?.()
        await settled()
      }
    },
  }
}

test('the last thousand lines come first, then live ones', async () => {
  const log = growingLog(2_500)
  const window = new LogWindow(log.load)
  void window.showNewest()
  await log.answerAll()
  window.take(log.grow(3))
  assert.deepEqual([seqsOf(window)[0], seqsOf(window).at(-1), window.hasEarlier.value], [1_501, 2_503, true])
})

test('lines that come while the newest are asked for are neither lost nor doubled', async () => {
  const log = growingLog(10)
  const window = new LogWindow(log.load)
  void window.showNewest()
  await log.answerAll()
  void window.setStream('stderr')
  window.take(log.grow(12))
  await log.answerAll()
  assert.deepEqual(seqsOf(window), [5, 10, 15, 20])
  assert.equal(window.atEnd.value, true)
})

test('a reader who stands still loses no line: the window stops growing, and goes on from there', async () => {
  const log = growingLog(0)
  const window = new LogWindow(log.load)
  void window.showNewest()
  await log.answerAll()
  window.take(log.grow(mostLines))
  window.take(log.grow(50))
  assert.deepEqual([seqsOf(window)[0], seqsOf(window).length, window.atEnd.value], [1, mostLines, false])
  assert.equal(window.unseen.value, mostLines + 50)
  window.isFollowed = () => true
  void window.showNewest()
  await log.answerAll()
  assert.deepEqual(
    [seqsOf(window).length, seqsOf(window).at(-1), window.atEnd.value, window.unseen.value],
    [pageLines, mostLines + 50, true, 0],
  )
})

test('earlier lines that come after the top has left are not put before a gap', async () => {
  const log = growingLog(2_000)
  const window = new LogWindow(log.load)
  window.isFollowed = () => true
  void window.showNewest()
  await log.answerAll()
  void window.loadEarlier()
  window.take(log.grow(mostLines))
  await log.answerAll()
  assertUnbroken(window, log.length())
})

test('who asks for a line that is there gets it, whatever is on its way', async () => {
  const log = growingLog(3_000)
  const window = new LogWindow(log.load)
  void window.showAround(1)
  await log.answerAll()
  void window.showNewest()
  void window.showAround(1)
  await log.answerAll()
  assert.equal(seqsOf(window)[0], 1)
  assertUnbroken(window, log.length())
})

test('an address beyond the end of the log shows its last lines', async () => {
  const log = growingLog(52)
  const window = new LogWindow(log.load)
  void window.showAround(999)
  await log.answerAll()
  assert.deepEqual([seqsOf(window)[0], seqsOf(window).at(-1), window.loaded.value, window.atEnd.value], [1, 52, true, true])
})

test('whatever the reader and the job do in whatever order, the window is one unbroken stretch', async () => {
  const step = fc.oneof(
    fc.record({ take: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constant(9_000)) }),
    fc.constantFrom('answer', 'answer', 'newest', 'earlier', 'later', 'follow', 'stay'),
    fc.record({ around: fc.integer({ min: 1, max: 30_000 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 4_000 }), fc.array(step, { minLength: 10, maxLength: 40 }), async (length, steps) => {
      const log = growingLog(length)
      const window = new LogWindow(log.load)
      let followed = false
      window.isFollowed = () => followed
      void window.showNewest()
      for (const each of steps) {
        if (typeof each === 'object') 'take' in each ? window.take(log.grow(each.take)) : void window.showAround(each.around)
        else if (each === 'answer') await log.answerOne()
        else if (each === 'newest') void window.showNewest()
        else if (each === 'earlier') void window.loadEarlier()
        else if (each === 'later') void window.loadLater()
        else followed = each === 'follow'
        assertUnbroken(window, log.length())
      }
      await log.answerAll()
      assertUnbroken(window, log.length())
    }),
    { numRuns: 20 },
  )
})

function assertUnbroken(window: LogWindow, length: number): void {
  const seqs = seqsOf(window)
  const first = seqs[0] ?? 0
  assert.ok(
    seqs.every((seq, place) => seq === first + place),
    'no gap, no repeat',
  )
  assert.ok(seqs.length <= mostLines)
  if (seqs.length > 0 && window.atEnd.value && !window.loading.value) assert.equal(seqs.at(-1), length)
}

function seqsOf(window: LogWindow): number[] {
  return window.blocks.value.flatMap(({ lines }) => lines.map(({ seq }) => seq))
}

function lineOf(seq: number): LogLine {
  return { seq, attempt: 1, stream: seq % 5 === 0 ? 'stderr' : 'stdout', at: seq, text: `line ${seq}` }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
