// I11: what cannot be killed is told once, tried again at a growing interval, and told when it is gone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JobFlag } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { untilGone } from './until-gone.ts'

test('I3 I11: it ends only when nobody is left, and until then it is shown', async () => {
  const pauses: number[] = []
  const told: (string | undefined)[] = []
  const set = new Set<JobFlag>()
  const clock = { now: () => 0, every: () => () => {}, sleep: async (ms: number) => void pauses.push(ms) }
  const flags = {
    async set(flag: JobFlag, line: string) {
      if (!set.has(flag)) told.push(line)
      set.add(flag)
    },
    async clear(flag: JobFlag, line?: string) {
      if (set.delete(flag)) told.push(line)
    },
  }
  let stops = 0
  const stop = async () => {
    stops++
    if (stops === 2) assert.deepEqual([...set], ['killIncomplete'])
    return stops < 9 ? { found: true, gone: false, killed: true, survivors: 2 } : { found: false, gone: true, killed: false, survivors: 0 }
  }
  const report = await untilGone({ clock }, { flags, stop, signal: new AbortController().signal })
  assert.deepEqual([report.gone, report.found, stops, [...set]], [true, true, 9, []])
  assert.deepEqual(told, [
    '2 of its processes cannot be killed: tried again until gone, its keys stay held',
    'what could not be killed is gone',
  ])
  assert.deepEqual(pauses.slice(0, 3), [1_000, 2_000, 4_000])
  assert.equal(Math.max(...pauses), limits.stopAgainMs)
})
