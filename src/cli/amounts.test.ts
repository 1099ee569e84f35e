import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBytes, parseDuration } from './amounts.ts'

test('lengths of time and sizes are read strictly', () => {
  const times: [string, number | null][] = [
    ['10m', 600_000],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['500ms', 500],
    ['2d', 172_800_000],
    ['5min', 300_000],
    ...['10', '', '0s', '-5s', '10 m', '10x', 'm', '1h 30m', '1e3s', '10M'].map((text): [string, null] => [text, null]),
  ]
  const sizes: [string, number | null][] = [
    ['512M', 536_870_912],
    ['512MB', 536_870_912],
    ['512MiB', 536_870_912],
    ['1.5g', 1_610_612_736],
    ['64k', 65_536],
    ['1T', 1_099_511_627_776],
    ...['512', '', '0M', '-1M', '512 M', '5X', 'M', '1e3M', '0x10M'].map((text): [string, null] => [text, null]),
  ]
  for (const [parse, cases] of [
    [parseDuration, times],
    [parseBytes, sizes],
  ] as const)
    for (const [text, value] of cases) {
      if (value !== null) assert.equal(parse('--option', text), value, text)
      else
        assert.throws(
          () => parse('--option', text),
          { code: 'invalid_request', message: new RegExp(`^--option is "${text}", but must be a`) },
          text,
        )
    }
})
