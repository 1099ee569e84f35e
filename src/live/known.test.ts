// What a page knows: what was asked for and is not there is null, what nobody has asked for is not known.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Activity } from '../client/index.ts'
import { Known } from './known.ts'
import { covers, together, Wants } from './wants.ts'

const nothing = { summary: { active: 0 }, active: [], settled: [], jobs: [], kinds: [], artifacts: [] } as unknown as Activity
const withJob = (id: number, state = 'running') => ({ ...nothing, jobs: [{ id, state }] }) as unknown as Activity

describe('known', () => {
  test('a job: not known, not there, there', () => {
    const known = new Known()
    assert.equal(known.job(1), undefined)
    known.take(nothing, { job: [1] }, { job: [1] })
    assert.equal(known.job(1), null)
    known.take(withJob(1), { job: [1] }, { job: [1] })
    assert.equal(known.job(1)?.state, 'running')
  })

  test('a view that was asked for by another tab takes nothing away that is wanted here', () => {
    const known = new Known()
    known.take(withJob(1), { job: [1] }, { job: [1] })
    const before = known.job(1)
    known.take(withJob(2), { job: [2] }, { job: [1] })
    assert.equal(known.job(1), before)
    known.take(withJob(3), { job: [3] }, {})
    assert.equal(known.job(1), undefined)
  })

  test('what was looked at before only tells what the last view was not asked for', () => {
    const known = new Known()
    const [before, now] = [withJob(1), { ...nothing, summary: { active: 2 }, jobs: [{ id: 1, state: 'stopping' }] } as unknown as Activity]
    known.take(now, { job: [1] }, { job: [1] })
    assert.equal(known.fill({ ...before, jobs: [...before.jobs, ...withJob(2).jobs] }, { job: [1, 2, 3] }), true)
    assert.equal(known.fill(before, { job: [1] }), false)
    assert.deepEqual(
      [known.activity()?.summary.active, known.job(1)?.state, known.job(2)?.state, known.job(3)],
      [2, 'stopping', 'running', null],
    )
  })

  test('the same told again is no change', () => {
    const known = new Known()
    assert.equal(known.take(withJob(1), { job: [1] }, {}), true)
    assert.equal(known.take(withJob(1), { job: [1] }, {}), false)
    assert.equal(known.take(withJob(1, 'stopping'), { job: [1] }, {}), true)
  })
})

describe('wants', () => {
  test('what two want is asked for once, until both have left', () => {
    const wants = new Wants()
    const one = wants.add({ job: 7, kind: { name: 'start', key: 'reef, west' } })
    const two = wants.add({ job: 7 })
    assert.deepEqual(wants.filter(), { job: [7], kind: ['start/reef%2C%20west'] })
    one()
    one()
    assert.deepEqual(wants.filter(), { job: [7] })
    two()
    assert.deepEqual(wants.filter(), {})
  })

  test('several tabs ask one bounded question, the same in whatever order', () => {
    const many = Array.from({ length: 80 }, (_, place) => place + 1)
    assert.deepEqual(together([{ job: [3, 1] }, { job: [2, 1], kind: ['b'] }, { kind: ['a'] }]), { job: [1, 2, 3], kind: ['a', 'b'] })
    assert.equal(together([{ job: many }, { job: many.map((id) => id + 100) }]).job?.length, 100)
    assert.equal(covers({ job: [1, 2] }, { job: [2] }), true)
    assert.equal(covers({ job: [1, 2] }, { kind: ['a'] }), false)
  })
})
