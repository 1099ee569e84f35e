// I3: who may start, over many claim passes against a model of the store's lines (LOCKS.md), judged by the rule in other words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LockMode } from './job.ts'
import { byRank, type Candidate, type Granted, grantInOrder, type KeyLine, type Room } from './locks.ts'

test('I3: no two conflicting holders, no limit exceeded, nothing overtakes, nothing that could start is left, and everybody starts in the end', () => {
  const seen = { claimed: 0, parked: 0, unreached: 0, capacity: 0, woken: 0, dropped: 0 }
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), fc.integer({ min: 0, max: 3 }), (steps, limitedQueue) => {
      const house = openHouse(limitedQueue)
      for (const one of steps) {
        const granted = house.happens(one)
        seen.claimed += granted.claimed.length
        seen.parked += granted.parked.length
        seen.unreached += granted.unreached.length
      }
      const drained = house.drain()
      seen.capacity += house.atCapacity
      seen.woken += house.woken
      seen.dropped += house.dropped
      assert.deepEqual(drained, [], 'all that waited has started: no wake-up was lost')
    }),
    { numRuns: 300, seed: 5 },
  )
  for (const [what, times] of Object.entries(seen)) assert.ok(times > 500, `the walk has seen it: ${what}, ${times}`)
})

const keys = [0, 1, 2, 3]
/** Small, so that heads of lines and of the ready list are cut off as they are in the store, only sooner. */
const heads = { ready: 6, parked: 2, keys: 2 }

type Step =
  | { do: 'submit'; queue: string; priority: number; wishes: { keyId: number; mode: LockMode }[] }
  | { do: 'finish' | 'drop'; which: number }
  | { do: 'capacity'; keyId: number; capacity: number | null }
  | { do: 'pass'; slots: number; order: number; knows: readonly string[] }

const wish = fc.record({ keyId: fc.constantFrom(...keys), mode: fc.constantFrom<LockMode[]>('shared', 'shared', 'exclusive') })
const queueName = fc.constantFrom('a', 'b')
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      queue: queueName,
      priority: fc.constantFrom(0, 0, 0, -1, 1),
      wishes: fc.uniqueArray(wish, { selector: (one) => one.keyId, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('finish' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('capacity' as const),
      keyId: fc.constantFrom(...keys),
      capacity: fc.constantFrom(null, 1, 2, 3),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      slots: fc.integer({ min: 0, max: 4 }),
      order: fc.nat(),
      knows: fc.constantFrom(['a', 'b'], ['a', 'b'], ['a'], ['b']),
    }),
  },
)

interface Known extends Candidate {
  state: 'queued' | 'running'
  stage: 'not in line' | 'in line' | 'held'
  parkedOn: number | null
}

/** The store as LOCKS.md has it, in plain arrays: jobs, their stage in the lines, what they are parked on, flags on keys. */
function openHouse(limitedQueue: number) {
  let jobs: Known[] = []
  let lastId = 0
  const capacity = new Map<number, number | null>(keys.map((keyId) => [keyId, keyId === 0 ? 2 : null]))
  const flagged = new Set<number>()
  const house = { atCapacity: 0, woken: 0, dropped: 0, happens, drain }

  const wants = (job: Candidate, keyId: number) => job.wishes.find((one) => one.keyId === keyId)?.mode
  const on = (keyId: number, stage: Known['stage']) => jobs.filter((job) => job.stage === stage && wants(job, keyId)).sort(byRank)

  function happens(one: Step): Granted {
    const nothing: Granted = { claimed: [], parked: [], unreached: [] }
    if (one.do === 'pass') return pass(one)
    if (one.do === 'submit') jobs.push({ ...one, jobId: ++lastId, state: 'queued', stage: 'not in line', parkedOn: null })
    else if (one.do === 'capacity') flagged.add(one.keyId) && capacity.set(one.keyId, one.capacity)
    else leave(one)
    return nothing
  }

  function leave({ do: what, which }: { do: 'finish' | 'drop'; which: number }): void {
    const some = jobs.filter((job) => job.state === (what === 'finish' ? 'running' : 'queued'))
    const leaving = some[which % Math.max(1, some.length)]
    if (!leaving) return
    jobs = jobs.filter((job) => job !== leaving)
    for (const { keyId } of leaving.wishes) flagged.add(keyId)
    if (what === 'drop') house.dropped++
  }

  function pass({ slots, order, knows }: { slots: number; order: number; knows: readonly string[] }): Granted {
    const woken = [...flagged].slice(0, heads.keys)
    for (const keyId of woken) flagged.delete(keyId)
    const ready = jobs.filter((job) => job.state === 'queued' && job.parkedOn === null && knows.includes(job.queue))
    const parked = woken.map((keyId) =>
      jobs
        .filter((job) => job.parkedOn === keyId)
        .sort(byRank)
        .slice(0, heads.parked),
    )
    house.woken += parked.flat().length
    const looked = [...ready.sort(byRank).slice(0, heads.ready), ...parked.flat()]
    const mine = looked.filter((job) => knows.includes(job.queue))
    const running = jobs.filter((job) => job.state === 'running' && job.queue === 'b').length
    const room: Room = { slots, queues: limitedQueue === 0 ? new Map() : new Map([['b', limitedQueue - running]]) }
    const before = structuredClone(jobs)
    const granted = grantInOrder(shuffled(mine, order), new Map(keys.map((keyId) => [keyId, lineOf(keyId)])), room)
    assert.deepEqual(
      grantInOrder(shuffled(mine, order + 1), new Map(keys.map((keyId) => [keyId, lineOf(keyId)])), room),
      granted,
      'in any order',
    )
    assert.deepEqual(granted, naively({ candidates: mine, jobs: before, capacity, room }))
    write(granted, looked, knows)
    for (const [index, keyId] of woken.entries()) {
      const head = parked[index] ?? []
      if (head.length === heads.parked && !head.some((job) => job.parkedOn === keyId)) flagged.add(keyId)
    }
    check(granted, before)
    return granted
  }

  // As little of a line as the store reads: the first one, or as many as the limit.
  function lineOf(keyId: number): KeyLine {
    const inLine = on(keyId, 'in line')
    const held = on(keyId, 'held').map((job) => wants(job, keyId))
    const limit = capacity.get(keyId) ?? null
    const first = inLine.find((job) => wants(job, keyId) === 'exclusive')
    const rank = ({ jobId, priority }: Known) => ({ jobId, priority })
    return {
      capacity: limit,
      sharedHeld: held.filter((mode) => mode === 'shared').length,
      exclusiveHeld: held.includes('exclusive'),
      line: inLine.slice(0, limit ?? 1).map(rank),
      firstExclusive: first ? rank(first) : null,
    }
  }

  function write({ claimed, parked, unreached }: Granted, looked: Known[], knows: readonly string[]): void {
    for (const job of jobs) {
      const park = parked.find((one) => one.jobId === job.jobId)
      if (claimed.includes(job.jobId)) Object.assign(job, { state: 'running', stage: 'held', parkedOn: null })
      else if (park) Object.assign(job, { stage: 'in line', parkedOn: park.keyId })
      else if (unreached.includes(job.jobId)) job.parkedOn = null
      // Another runner knows it: it keeps its place, and is ready for that one to look at.
      else if (looked.includes(job) && !knows.includes(job.queue)) job.parkedOn = null
    }
  }

  function check({ claimed, unreached }: Granted, before: Known[]): void {
    for (const keyId of keys) {
      const held = on(keyId, 'held')
      const modes = held.map((job) => wants(job, keyId))
      assert.ok(!modes.includes('exclusive') || held.length === 1, `key ${keyId}: ${modes}`)
      const limit = capacity.get(keyId) ?? Number.POSITIVE_INFINITY
      const heldBefore = before.filter((job) => job.stage === 'held' && wants(job, keyId)).length
      assert.ok(held.length <= Math.max(limit, heldBefore), `key ${keyId}: ${held.length} of ${limit}`)
      if (held.length >= limit) house.atCapacity++
      // FIFO-fair: who was in line and still is has been overtaken by nobody he conflicts with.
      for (const waiting of on(keyId, 'in line').filter((job) => before.some((one) => one.jobId === job.jobId && one.stage === 'in line')))
        for (const started of held.filter((job) => claimed.includes(job.jobId) && byRank(waiting, job) < 0))
          assert.ok(wants(waiting, keyId) === 'shared' && wants(started, keyId) === 'shared', `${started.jobId} overtook ${waiting.jobId}`)
    }
    if (limitedQueue > 0) assert.ok(jobs.filter((job) => job.state === 'running' && job.queue === 'b').length <= limitedQueue)
    for (const job of jobs) assert.ok(job.parkedOn === null || !unreached.includes(job.jobId))
  }

  /** Ends what runs and claims what waits, until nothing changes; returns what never started. */
  function drain(): number[] {
    for (let round = 0; round < 400 && jobs.length > 0; round++) {
      pass({ slots: 3, order: round, knows: ['a', 'b'] })
      if (round % 2 === 1 || flagged.size === 0) leave({ do: 'finish', which: round })
    }
    return jobs.map((job) => job.jobId)
  }

  return house
}

interface Naive {
  candidates: Known[]
  jobs: Known[]
  capacity: ReadonlyMap<number, number | null>
  room: Room
}

/** The rule again, job against job instead of by counts: whoever holds, or stands before me in a line, may be in my way. */
function naively({ candidates, jobs, capacity, room }: Naive): Granted {
  const granted: Granted = { claimed: [], parked: [], unreached: [] }
  const all = structuredClone(jobs)
  const queueStarts = new Map<string, number>()
  for (const { jobId } of candidates.toSorted(byRank)) {
    const me = all.find((job) => job.jobId === jobId) ?? assert.fail()
    const starts = queueStarts.get(me.queue) ?? 0
    if (granted.claimed.length >= room.slots || starts >= (room.queues.get(me.queue) ?? 1_000)) {
      granted.unreached.push(jobId)
      continue
    }
    const blocking = me.wishes.find(({ keyId, mode }) => {
      const before = all.filter((job) => job !== me && (job.stage === 'held' || (job.stage === 'in line' && byRank(job, me) < 0)))
      const modes = before.flatMap((job) => job.wishes.filter((one) => one.keyId === keyId).map((one) => one.mode))
      return modes.some((other) => other === 'exclusive' || mode === 'exclusive') || modes.length >= (capacity.get(keyId) ?? 1_000)
    })
    me.stage = blocking ? 'in line' : 'held'
    if (blocking) granted.parked.push({ jobId, keyId: blocking.keyId })
    else {
      granted.claimed.push(jobId)
      queueStarts.set(me.queue, starts + 1)
    }
  }
  return granted
}

function shuffled<T>(list: readonly T[], order: number): T[] {
  return list
    .map((one, index) => ({ one, at: ((index + 1) * 7_919 + order * 104_729) % 1_009 }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)
}
