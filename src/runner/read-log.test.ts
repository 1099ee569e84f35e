// I7: pages, searches and what is not finished, read from real files through a real store, while a log grows.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { until } from '../../test/contract/temporary.ts'
import { allLines, drained, written } from '../../test/contract/written-attempt.ts'
import type { LogLine } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { readWritten } from './attempt-reader.ts'
import { openLogWriter } from './log-writer.ts'
import { readAround, readLog, unfinishedLines } from './read-log.ts'
import { searchLog } from './search-log.ts'

describe('pages', () => {
  test('I7: the same lines in pages of every size, from both ends, with one block a line and many lines a block', async () => {
    const job = await written()
    const writer = await openLogWriter(job.house, job.claimed, { folder: job.folder, begun: null, signal: new AbortController().signal })
    for (let round = 1; round <= 40; round++) {
      job.append(round % 3 === 0 ? 'stderr' : 'stdout', `line ${round}\n`)
      await until('it was stored', async () => ((await job.store.jobs.get({ id: 1 }))?.logLines ?? 0) >= round)
    }
    job.append('stdout', Array.from({ length: 1_000 }, (_, index) => `line ${index + 41}\n`).join(''))
    await writer.drained({ keepsLast: false })
    for (const limit of [7, 300, 1_040]) {
      const lines = await allLines(job, limit)
      assert.deepEqual(
        lines.map(({ seq, text }) => [seq, text]),
        Array.from({ length: 1_040 }, (_, index) => [index + 1, `line ${index + 1}`]),
      )
    }
  })

  test('around a number: it is in the middle, and at the ends there is what there is', async () => {
    const job = await written()
    job.append('stdout', Array.from({ length: 100 }, (_, index) => `line ${index + 1}\n`).join(''))
    await drained(job)
    const around = async (seq: number) => (await readAround(job.house, { jobId: 1, limit: 10 }, seq)).map((line) => line.seq)
    assert.deepEqual(await around(50), [45, 46, 47, 48, 49, 50, 51, 52, 53, 54])
    assert.deepEqual(await around(2), [1, 2, 3, 4, 5, 6])
    assert.deepEqual(await around(100), [91, 92, 93, 94, 95, 96, 97, 98, 99, 100])
    assert.deepEqual(await around(500), [91, 92, 93, 94, 95, 96, 97, 98, 99, 100])
  })

  test('I7: invalid UTF-8, NUL, lone CR and a byte order mark come as they are; a file that is gone says so', async () => {
    const job = await written()
    job.append('stdout', Buffer.concat([Buffer.from([0xff, 0x41, 0x0a]), Buffer.from('a\0b\n\ufeffx\ny\rz\n')]))
    await drained(job)
    const texts = async () => (await readLog(job.house, { jobId: 1, limit: 9 })).map(({ text }) => text)
    assert.deepEqual(await texts(), ['\ufffdA', 'a\0b', '\ufeffx', 'y\rz'])
    writeFileSync(job.path('stdout.log'), 'a')
    assert.deepEqual(await texts(), Array(4).fill('(gone from the log file)'))
  })

  test('bounded memory: 1 GiB without a newline is read in bounded pieces', async () => {
    const job = await written()
    const { house, claimed, folder } = job
    writeFileSync(job.path('stdout.log'), '')
    const { truncateSync } = await import('node:fs')
    truncateSync(job.path('stdout.log'), 1_073_741_824)
    const before = process.memoryUsage.rss()
    const files = house.launcher.follow(folder, () => {})
    let position = { stdout: claimed.attempt.files.stdout, stderr: claimed.attempt.files.stderr, events: 0 } as Parameters<
      typeof readWritten
    >[1]
    let [lines, most] = [0, 0]
    for (;;) {
      const bundle = readWritten(files, position, { isComplete: true, now: 1 })
      if (bundle.isEmpty) break
      lines += bundle.blocks.reduce((sum, block) => sum + block.lineCount, 0)
      position = bundle.next
      most = Math.max(most, process.memoryUsage.rss())
    }
    files.close()
    assert.equal(lines, 16_384)
    assert.ok(most - before < 50_000_000, `${most - before} bytes more`)
  })
})

describe('what is not a line yet', () => {
  test('it shows as a terminal would show it, and is a sign of life', async () => {
    const job = await written()
    const stop = new AbortController()
    const writer = await openLogWriter(job.house, job.claimed, { folder: job.folder, begun: null, signal: stop.signal })
    const now = async () => {
      const record = await job.store.jobs.get({ id: 1 })
      assert.ok(record)
      return { record, lines: await unfinishedLines(job.house, record) }
    }
    job.append('stdout', 'begun\n 1 %\r 2 %')
    job.append('stderr', 'Password: ')
    const { record } = await until('the line before is stored', async () => {
      const seen = await now()
      return seen.record.logLines === 1 ? seen : null
    })
    assert.deepEqual((await now()).lines, [
      { stream: 'stdout', text: ' 2 %' },
      { stream: 'stderr', text: 'Password: ' },
    ])
    job.append('stdout', '\r 3 %\r')
    await until('a sign of life', async () => ((await now()).record.heartbeatAt ?? 0) > (record.heartbeatAt ?? 0))
    assert.deepEqual((await now()).lines[0], { stream: 'stdout', text: ' 3 %' })
    assert.equal((await now()).record.logLines, 1)
    job.append('stdout', '\r 4 %\n')
    await writer.drained({ keepsLast: false })
    assert.deepEqual(
      (await allLines(job)).map(({ text }) => text),
      ['begun', 'Password: ', ' 1 %\r 2 %\r 3 %\r\r 4 %'],
    )
    assert.deepEqual((await now()).lines, [])
  })

  test('it is bounded, however long it is', async () => {
    const job = await written()
    job.append('stdout', 'x'.repeat(300_000))
    const record = await job.store.jobs.get({ id: 1 })
    assert.ok(record)
    assert.deepEqual(await unfinishedLines(job.house, record), [{ stream: 'stdout', text: 'x'.repeat(limits.logLineServed) }])
  })
})

describe('search', () => {
  test('property: from both ends and in steps it finds what a filter finds, each once', async () => {
    const job = await written()
    const words = fc.sample(fc.constantFrom('apple', 'BANANA', 'Äpfel', 'an', 'x'.repeat(3_000)), { numRuns: 300, seed: 5 })
    job.append('stdout', words.map((word) => `${word}\n`).join(''))
    await drained(job)
    const all = await allLines(job)
    const query = fc.record({
      text: fc.constantFrom('an', 'äPF', 'apple', 'nothing'),
      limit: fc.integer({ min: 1, max: 500 }),
      back: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(query, async ({ text, limit, back }) => {
        const found: LogLine[] = []
        let edge: number | null = back ? 1e9 : 0
        while (edge !== null) {
          const page = await searchLog(job.house, { jobId: 1, limit, ...(back ? { before: edge } : { after: edge }) }, text)
          if (back) found.unshift(...page.lines)
          else found.push(...page.lines)
          edge = page.searched
        }
        const wanted = all.filter((line) => line.text.toLowerCase().includes(text.toLowerCase()))
        assert.deepEqual(found, wanted)
      }),
      { numRuns: 20 },
    )
  })

  test('one call looks through so much, and says how far it came', async () => {
    const job = await written()
    job.append('stdout', `${'y'.repeat(999)}\n`.repeat(15_000))
    job.append('stdout', 'needle\n')
    await drained(job)
    const first = await searchLog(job.house, { jobId: 1, limit: 9 }, 'needle')
    assert.deepEqual(first.lines, [])
    assert.ok(first.searched !== null && first.searched > 5_000 && first.searched < 10_000, String(first.searched))
    const second = await searchLog(job.house, { jobId: 1, limit: 9, after: first.searched }, 'needle')
    assert.deepEqual(
      second.lines.map(({ seq }) => seq),
      [15_001],
    )
  })
})
