// Silence is what somebody looked at: sleep, jumps of the clock and frozen runners count for nothing (I10).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { firstSilence, nextSilence, type Silence, type StallPolicy, stallVerdict } from './stall.ts'

const policy: StallPolicy = {
  stallAfterMs: 30_000,
  firstHeartbeatWithinMs: null,
  heartbeats: 'any',
  onStall: 'warn',
  stallLimitMs: 150_000,
}
const tick = 1_000

function watched(ticks: number, { beatAt = 0, stepMs = tick }: { beatAt?: number | null; stepMs?: number } = {}): Silence {
  let silence = firstSilence(policy, { startedAt: 0, beatAt, waitedAt: null, now: 0 })
  for (let at = 1; at <= ticks; at++) silence = nextSilence(silence, { beatAt, waitedAt: null, now: at * stepMs }, tick)
  return silence
}

test('I10: a job is stalled when it was silent for stallAfterMs of looks, and not before', () => {
  assert.equal(stallVerdict(policy, watched(29)), 'alive')
  assert.equal(stallVerdict(policy, watched(30)), 'stalled')
  assert.equal(stallVerdict(policy, watched(100_000)), 'stalled', 'a warning stays one, however long')
})

test('I10: an hour of sleep, or a clock set forward, is one look', () => {
  const before = watched(5)
  const woken = nextSilence(before, { beatAt: 0, waitedAt: null, now: before.lookedAt + 3_600_000 }, tick)
  assert.equal(woken.silentMs, before.silentMs + tick)
  assert.equal(stallVerdict(policy, woken), 'alive')
})

test('I10: a clock set back makes nobody silent', () => {
  const before = watched(5)
  const back = nextSilence(before, { beatAt: 0, waitedAt: null, now: before.lookedAt - 3_600_000 }, tick)
  assert.equal(back.silentMs, before.silentMs)
  assert.equal(nextSilence(back, { beatAt: 0, waitedAt: null, now: back.lookedAt + tick }, tick).silentMs, before.silentMs + tick)
})

test('a beat breaks the silence, and so does a person who says to go on waiting', () => {
  const silent = watched(40)
  assert.equal(nextSilence(silent, { beatAt: 39_500, waitedAt: null, now: 41_000 }, tick).silentMs, 0)
  assert.equal(nextSilence(silent, { beatAt: 0, waitedAt: 40_500, now: 41_000 }, tick).silentMs, 0)
})

test('a job that never beat has a limit of its own', () => {
  const patient = { ...policy, firstHeartbeatWithinMs: 7_200_000 }
  assert.equal(stallVerdict(patient, watched(120, { beatAt: null })), 'alive')
  assert.equal(stallVerdict(patient, watched(120, { beatAt: 0 })), 'stalled')
  assert.equal(stallVerdict(patient, watched(7_200, { beatAt: null })), 'stalled')
})

test('what is declared is carried out at its own limit', () => {
  const cancels: StallPolicy = { ...policy, onStall: 'cancel' }
  assert.equal(stallVerdict(cancels, watched(149)), 'stalled')
  assert.equal(stallVerdict(cancels, watched(150)), 'over its limit')
})

test('I10: a runner that comes after a long absence warns at once, but carries out nothing before it has looked long enough itself', () => {
  const cancels: StallPolicy = { ...policy, onStall: 'cancel' }
  const found = firstSilence(cancels, { startedAt: 0, beatAt: 10, waitedAt: null, now: 3_600_000 })
  assert.equal(stallVerdict(cancels, found), 'stalled')
  const later = nextSilence(found, { beatAt: 10, waitedAt: null, now: 3_600_000 + tick }, tick)
  assert.equal(stallVerdict(cancels, later), 'stalled')
})

test('I10: whatever the clock does, silence never grows faster than the looks', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -10_000_000, max: 10_000_000 }), { maxLength: 200 }), (steps) => {
      let silence = firstSilence(policy, { startedAt: 0, beatAt: 0, waitedAt: null, now: 0 })
      let now = 0
      for (const step of steps) {
        now += step
        silence = nextSilence(silence, { beatAt: 0, waitedAt: null, now }, tick)
      }
      return silence.silentMs >= 0 && silence.silentMs <= steps.length * tick
    }),
  )
})
