import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesWords } from './bytes.ts'

test('bytes in words', () => {
  const cases: [number, string][] = [
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_024, '1 KB'],
    [1_536, '1.5 KB'],
    [536_870_912, '512 MB'],
    [642_777_088, '613 MB'],
    [1_073_741_824, '1 GB'],
    [1_072_000_000, '1 GB'],
    [10_700_000_000, '10 GB'],
    [5 * 1024 ** 5, '5120 TB'],
  ]
  for (const [bytes, words] of cases) assert.equal(bytesWords(bytes), words)
})
