// I3: who may start, in small cases. Many passes at random are in locks-passes.test.ts.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LockMode } from './job.ts'
import { type Candidate, grantInOrder, type KeyLine, type Room } from './locks.ts'

const anyRoom: Room = { slots: 100, queues: new Map() }

describe('I3: locks, in small cases', () => {
  const free = (capacity: number | null = null): KeyLine => ({
    capacity,
    sharedHeld: 0,
    exclusiveHeld: false,
    line: [],
    firstExclusive: null,
  })
  const job = (jobId: number, ...wishes: [number, LockMode][]): Candidate => ({
    jobId,
    priority: 0,
    queue: 'default',
    wishes: wishes.map(([keyId, mode]) => ({ keyId, mode })),
  })
  const grant = (candidates: Candidate[], lines: [number, KeyLine][], room = anyRoom) => grantInOrder(candidates, new Map(lines), room)

  test('install excludes everything, two servers run side by side, one server never twice', () => {
    const [app, one, two] = [1, 2, 3]
    const servers = [
      job(1, [app, 'shared'], [one, 'exclusive']),
      job(2, [app, 'shared'], [two, 'exclusive']),
      job(3, [app, 'shared'], [one, 'exclusive']),
    ]
    const granted = grant(
      [...servers, job(4, [app, 'exclusive']), job(5, [app, 'shared'])],
      [
        [app, free()],
        [one, free()],
        [two, free()],
      ],
    )
    assert.deepEqual(granted, {
      claimed: [1, 2],
      parked: [
        { jobId: 3, keyId: one },
        { jobId: 4, keyId: app },
        { jobId: 5, keyId: app },
      ],
      unreached: [],
    })
  })

  test('two on the gpu: a limit counts holders and those before it in line', () => {
    const five = [1, 2, 3, 4, 5].map((id) => job(id, [7, 'shared']))
    assert.deepEqual(grant(five, [[7, free(2)]]).claimed, [1, 2])
    assert.deepEqual(grant(five, [[7, { ...free(2), sharedHeld: 1 }]]).claimed, [1])
    assert.deepEqual(grant(five, [[7, { ...free(2), line: [{ priority: -1, jobId: 9 }] }]]).claimed, [1])
    assert.deepEqual(grant(five, [[7, { ...free(2), sharedHeld: 3 }]]).claimed, [], 'the limit was lowered meanwhile')
  })

  test('a job that becomes a holder is no longer in line: it counts once', () => {
    const line = [1, 2].map((jobId) => ({ priority: 0, jobId }))
    assert.deepEqual(grant([job(1, [7, 'shared']), job(2, [7, 'shared'])], [[7, { ...free(2), line }]]).claimed, [1, 2])
  })

  test('a job that must wait keeps its place in each of its lines, also where it could start', () => {
    const granted = grant(
      [job(1, [1, 'exclusive'], [2, 'exclusive']), job(2, [2, 'shared'])],
      [
        [1, { ...free(), sharedHeld: 1 }],
        [2, free()],
      ],
    )
    assert.deepEqual(granted.parked, [
      { jobId: 1, keyId: 1 },
      { jobId: 2, keyId: 2 },
    ])
  })

  test('a better priority goes first whatever its number, but overtakes nobody who holds', () => {
    const urgent = { ...job(2, [1, 'exclusive']), priority: -1 }
    assert.deepEqual(grant([job(1, [1, 'exclusive']), urgent], [[1, free()]]).claimed, [2])
    assert.deepEqual(grant([urgent], [[1, { ...free(), exclusiveHeld: true }]]).claimed, [])
  })

  test('no room: not looked at, in no line, and nobody waits for it', () => {
    const jobs = [job(1, [1, 'exclusive']), { ...job(2, [1, 'exclusive']), queue: 'other' }, job(3)]
    const full: Room = { slots: 9, queues: new Map([['default', 0]]) }
    assert.deepEqual(grant(jobs, [[1, free()]], full), { claimed: [2], parked: [], unreached: [1, 3] })
    assert.deepEqual(grant(jobs, [[1, free()]], { ...full, slots: 0 }), { claimed: [], parked: [], unreached: [1, 2, 3] })
  })

  test('what it was given is not changed', () => {
    const line: KeyLine = { ...free(), line: [{ priority: 0, jobId: 1 }] }
    const before = structuredClone(line)
    grant([job(1, [1, 'shared']), job(2, [1, 'exclusive'])], [[1, line]])
    assert.deepEqual(line, before)
  })

  test('a line that was not read is a fault, never a grant', () => {
    assert.throws(() => grant([job(1, [1, 'shared'])], []), /key 1/)
  })
})
