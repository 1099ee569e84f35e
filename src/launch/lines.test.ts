// I7: any bytes in any pieces give the same numbered lines; and the exit record, read strictly.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { limits } from '../core/limits.ts'
import { parseExitRecord } from './exit-record.ts'
import { blocksOf, type LineBlock, linesOf } from './lines.ts'

/** The lines a file holds, the simple way: to the newline, or to the longest length. */
function model(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let start = 0
  for (let at = 0; at < bytes.length; at++) {
    const isEnd = bytes[at] === 10
    if (!isEnd && at + 1 - start < limits.logLineBytes) continue
    lines.push(bytes.subarray(start, isEnd ? at : at + 1))
    start = at + 1
  }
  return start < bytes.length ? [...lines, bytes.subarray(start)] : lines
}

/** Reads a file as the attempt reader does: from where it stopped, as far as the file has grown, at most so much at once. */
function readInPieces(file: Buffer, sizes: number[], most = Number.POSITIVE_INFINITY): LineBlock[] {
  const blocks: LineBlock[] = []
  let position = 0
  const read = (grownTo: number, isComplete: boolean) => {
    for (;;) {
      const bytes = file.subarray(position, Math.min(grownTo, position + most))
      const found = blocksOf(bytes, position, isComplete && bytes.length < most)
      const last = found.at(-1)
      if (!last) return
      blocks.push(...found)
      position = last.byteOffset + last.byteLength
    }
  }
  let grownTo = 0
  for (const size of sizes) {
    grownTo = Math.min(grownTo + size, file.length)
    read(grownTo, false)
  }
  read(file.length, true)
  return blocks
}

function check(file: Buffer, sizes: number[], most?: number): void {
  const blocks = readInPieces(file, sizes, most)
  let position = 0
  const lines: Uint8Array[] = []
  for (const block of blocks) {
    assert.equal(block.byteOffset, position, 'blocks lie side by side')
    const found = linesOf(file.subarray(position, position + block.byteLength))
    assert.equal(found.length, block.lineCount)
    assert.ok(block.byteLength <= limits.logBlockBytes || block.lineCount === 1)
    lines.push(...found)
    position += block.byteLength
  }
  assert.equal(position, file.length, 'every byte is in a block')
  const expected = model(file)
  assert.equal(lines.length, expected.length)
  for (const [index, line] of lines.entries()) assert.ok(Buffer.from(line).equals(expected[index]!), `line ${index + 1}`)
}

describe('lines', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('\n', '\n\n\n', '\r\n', '\r', 'a\0b', 'ä€😀\n', '\ufeffx\n', 'x\n').map((text) => Buffer.from(text)),
    fc.constantFrom(Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from([0xe2, 0x82]), Buffer.from([0x80, 0x0a])),
    fc.integer({ min: limits.logLineBytes - 2, max: limits.logLineBytes + 2 }).map((length) => Buffer.alloc(length, 'y')),
  )
  const files = fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.concat(pieces))

  test('property: the same lines, however the file grew', () => {
    fc.assert(
      fc.property(files, fc.array(fc.integer({ min: 0, max: 70_000 }), { maxLength: 30 }), (file, sizes) => check(file, sizes)),
      { numRuns: 150 },
    )
  })

  test('property: the same lines, however much is read at once', () => {
    fc.assert(
      fc.property(files, fc.integer({ min: limits.logLineBytes + 1, max: 200_000 }), (file, most) =>
        check(file, [1, 3, 50, 1_000, 90_000], most),
      ),
      { numRuns: 100 },
    )
  })

  const table: [string, string, string[]][] = [
    ['nothing', '', []],
    ['one line', 'a\n', ['a']],
    ['a last line without its end', 'a\nb', ['a', 'b']],
    ['empty lines', '\n\n', ['', '']],
    ['a lone CR is part of its line', 'a\rb\r\n', ['a\rb\r']],
    ['NUL too', 'a\0\n\0', ['a\0', '\0']],
  ]
  for (const [name, text, expected] of table)
    test(name, () => {
      assert.deepEqual(
        linesOf(Buffer.from(text)).map((line) => Buffer.from(line).toString()),
        expected,
      )
      check(Buffer.from(text), [1, 1, 1])
    })

  test('a line that has not ended waits, unless the file is complete or it is too long', () => {
    assert.deepEqual(blocksOf(Buffer.from('a\nb'), 100, false), [{ byteOffset: 100, byteLength: 2, lineCount: 1 }])
    assert.deepEqual(blocksOf(Buffer.from('b'), 102, false), [])
    assert.deepEqual(blocksOf(Buffer.from('b'), 102, true), [{ byteOffset: 102, byteLength: 1, lineCount: 1 }])
    assert.deepEqual(blocksOf(Buffer.alloc(limits.logLineBytes, 'x'), 0, false), [
      { byteOffset: 0, byteLength: limits.logLineBytes, lineCount: 1 },
    ])
  })

  test('ten MiB of one line, and of short lines, in bounded batches', () => {
    for (const file of [Buffer.alloc(10 * 1_048_576, 'x'), Buffer.alloc(1_048_576, 'x\n')]) check(file, [file.length], 1_048_576)
    assert.ok(blocksOf(Buffer.alloc(10 * 1_048_576, 'x'), 0, true).length <= limits.logBlocksPerBatch)
  })
})

describe('the exit record', () => {
  test('every code, with or without the word that nobody was left, and nothing else', () => {
    for (let code = 0; code <= 255; code++)
      for (const word of ['', 'alone\n']) assert.equal(parseExitRecord(`${String(code).padStart(3, '0')}\n${word}`), code)
    for (const text of [
      '',
      '---\n',
      '000',
      '00\n',
      '0000\n',
      '256\n',
      '999\n',
      '-01\n',
      ' 07\n',
      '007\n\n',
      '007\nalone',
      '007\nalone\n\n',
      '---\nalone\n',
      '007\r\n',
      '007\0',
      '0x7\n',
      '٠٠٧\n',
      '1e1\n',
      '\n007\n',
    ])
      assert.equal(parseExitRecord(text), null, JSON.stringify(text))
  })

  test('property: garbage is no record', () => {
    const bytes = fc.uint8Array({ maxLength: 6 }).map((array) => Buffer.from(array).toString('latin1'))
    fc.assert(
      fc.property(fc.oneof(bytes, fc.string({ unit: 'binary', maxLength: 6 })), (text) => {
        const code = parseExitRecord(text)
        assert.ok(code === null || text === `${String(code).padStart(3, '0')}\n`)
      }),
    )
  })
})
