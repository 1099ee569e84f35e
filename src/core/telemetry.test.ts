// A series of samples stays bounded, covers the whole life, and forgets no peak.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { limits } from './limits.ts'
import { isTelling, type Telemetry, type TelemetrySample, withSample } from './telemetry.ts'

const at = (ms: number, given: Partial<TelemetrySample> = {}): TelemetrySample => ({
  at: ms,
  cpuPercent: 10,
  memoryBytes: 1_000,
  processes: 1,
  ...given,
})

function series(samples: readonly TelemetrySample[]): Telemetry {
  return samples.reduce<Telemetry | null>((before, sample) => withSample(before, sample), null) ?? assert.fail('no samples')
}

test('one sample every five seconds is kept as it is', () => {
  const samples = [at(1_000), at(6_020), at(11_000), at(16_100)]
  assert.deepEqual(series(samples), { everyMs: 5_000, samples })
})

test('samples that come more often become one, with the most memory and processes and the mean of the processor', () => {
  const often = [at(0), at(1_000), at(2_000, { cpuPercent: 30, memoryBytes: 9_000 }), at(3_000, { processes: 4 }), at(6_400)]
  assert.deepEqual(series(often).samples, [at(0), at(3_000, { cpuPercent: 17, memoryBytes: 9_000, processes: 4 }), at(6_400)])
})

test('when there are too many, every two become one and the time between doubles, again and again', () => {
  const day = Array.from({ length: 86_400 / 5 }, (_, index) =>
    at(index * 5_000, index === 7_777 ? { memoryBytes: 5_000, processes: 9, cpuPercent: 900 } : {}),
  )
  const whole = series(day)
  assert.ok(whole.everyMs === 320_000 || whole.everyMs === 640_000, `${whole.everyMs}`)
  assert.ok(
    whole.samples.length > limits.telemetrySamples / 2 && whole.samples.length <= limits.telemetrySamples,
    `${whole.samples.length}`,
  )
  assert.equal(whole.samples.at(-1)?.at, day.at(-1)?.at)
  const peak = whole.samples.filter(({ memoryBytes }) => memoryBytes === 5_000)
  assert.deepEqual([peak.length, peak[0]?.processes], [1, 9])
  assert.ok((peak[0]?.cpuPercent ?? 0) >= 16, 'the mean of some, one of which was 900')
})

test('whatever the times are, the series is bounded, ends with the newest sample, and keeps the peak', () => {
  const step = fc.record({ ms: fc.integer({ min: -20_000, max: 200_000 }), cpu: fc.nat(800), memory: fc.nat(1_000_000) })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 700 }), (steps) => {
      let now = 1_000_000
      const samples = steps.map(({ ms, cpu, memory }) => {
        now += ms
        return at(now, { cpuPercent: cpu, memoryBytes: memory })
      })
      const whole = series(samples)
      assert.ok(whole.samples.length <= limits.telemetrySamples)
      assert.equal(whole.samples.at(-1)?.at, now)
      const most = (all: readonly TelemetrySample[]) => Math.max(...all.map(({ memoryBytes }) => memoryBytes))
      assert.equal(most(whole.samples), most(samples))
      assert.ok(whole.samples.every(({ cpuPercent }) => cpuPercent >= 0 && cpuPercent <= 800))
    }),
    { numRuns: 60 },
  )
})

test('a tree that sleeps is written only now and then', () => {
  let [written, writes]: [Telemetry | null, number] = [null, 0]
  let now: Telemetry | null = null
  for (let second = 0; second < 86_400; second += 5) {
    now = withSample(now, at(second * 1_000, { cpuPercent: second % 2 }))
    if (!isTelling(written, now)) continue
    written = now
    writes++
  }
  assert.ok(writes < 1_200, `${writes} writes in a day`)
  const busy = withSample(now, at(86_400_000, { cpuPercent: 60 }))
  assert.ok(isTelling(written, busy))
})
