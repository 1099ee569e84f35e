import assert from 'node:assert/strict'
import { test } from 'node:test'
import { durationWords } from './duration.ts'
import { type ProcessFacts, stalledWords } from './stall-words.ts'

const idle: ProcessFacts = { processes: 1, cpuPercent: 0, memoryBytes: 1_000_000, doing: 'sleeping' }

test('the words use the facts', () => {
  const words = (process: ProcessFacts | null, lastLine: string | null = null) =>
    stalledWords({ silentMs: 180_000, heartbeats: 'any', process, lastLine })
  assert.equal(words(idle, 'frame 420'), 'alive, 0 % CPU, silent for 3 min; last line: frame 420')
  assert.equal(words({ ...idle, cpuPercent: 98.4, doing: 'running' }), 'busy, 98 % CPU, silent for 3 min')
  assert.equal(words({ ...idle, doing: 'paused' }), 'paused by a signal (SIGSTOP), silent for 3 min')
  assert.equal(words({ ...idle, doing: 'waiting for the disk' }), 'alive, waiting for the disk, 0 % CPU, silent for 3 min')
  assert.equal(words({ ...idle, processes: 0 }), 'no process of it was found, silent for 3 min')
  assert.equal(words(null), 'silent for 3 min')
  const beatless = stalledWords({
    silentMs: 180_000,
    heartbeats: 'explicit',
    process: { ...idle, cpuPercent: 98 },
    lastLine: 'still printing',
  })
  assert.equal(beatless, 'busy, 98 % CPU, no heartbeat for 3 min; last line: still printing')
  assert.equal(words({ ...idle, cpuPercent: null }), 'alive, silent for 3 min')
})

test('durations have their two largest units, and nothing that is nought', () => {
  const cases: [number, string][] = [
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1 s'],
    [190_000, '3 min 10 s'],
    [180_000, '3 min'],
    [7_200_000, '2 h'],
    [7_260_000, '2 h 1 min'],
    [7_201_000, '2 h'],
    [100_000_000, '1 d 3 h'],
  ]
  for (const [ms, words] of cases) assert.equal(durationWords(ms), words)
})
