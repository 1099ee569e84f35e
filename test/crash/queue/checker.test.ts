// The offline checker finds nothing in a right history, and each planted fault in a wrong one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check } from './checker.ts'
import type { Op } from './history.ts'
import { exclusive, factsFor, newStory, type Story, shared } from './planted.ts'

const first = factsFor(1, { locks: exclusive('a'), unique: 'u' })
const second = factsFor(2, { locks: shared('a') })

/** Two jobs, one after the other; the second waits for the first in the line of `a`, seen all the while. */
function rightStory(): Story {
  const story = newStory()
  story.submit(first)
  story.submit(second)
  const held = story.claim(first)
  story.look([
    [1, 'running'],
    [2, 'queued', 'key'],
  ])
  story.run(held)
  story.run(story.claim(second))
  return story
}

function brokenIn({ ops, rows }: Story): string[] {
  return [...new Set(check({ ops, rows }).map(({ promise }) => promise))]
}

/** `plant` changes a right history so that it breaks the promise. */
function finds(promise: string, fault: string, plant: (story: Story) => void): void {
  test(`found: ${fault} (${promise})`, () => {
    const story = rightStory()
    plant(story)
    assert.deepEqual(brokenIn(story), [promise])
  })
}

function last<N extends Op['name']>({ ops }: Story, name: N): Op<N> {
  const op = ops.findLast((one): one is Op<N> => one.name === name)
  assert.ok(op)
  return op
}

test('a right history breaks nothing', () => {
  assert.deepEqual(brokenIn(rightStory()), [])
})

test('a call that a kill cut off may have been carried out or not', () => {
  for (const isInLog of [true, false]) {
    const story = rightStory()
    const third = factsFor(3)
    story.submit(third)
    const held = story.claim(third)
    const line = 'seen by one who was killed'
    if (isInLog) story.log(held, line)
    story.say('observe', { ...held, line, checkpoint: null }, null)
    story.say('takeOver', { ...held, adopting: false }, { ...held, token: 2 })
    story.run({ ...held, token: 2 })
    assert.deepEqual(brokenIn(story), [], isInLog ? 'carried out' : 'not carried out')
  }
})

test('who was in line and left it is not overtaken', () => {
  for (const leave of [
    (story: Story) => {
      for (const paused of [true, false]) story.say('pause', { queue: 'default', kind: null, paused }, 'ok')
    },
    (story: Story) => void story.say('retry', { id: 3, fromCheckpoint: false }, null),
  ]) {
    const story = overtaking(leave)
    assert.deepEqual(brokenIn(story), [])
  }
})

finds('I1', 'an acknowledged job is gone', ({ rows }) => {
  rows.jobs.pop()
})
finds('I1', 'one job is acknowledged as new to two', (story) => {
  story.say('submit', [{ kind: 'scan', unique: null }], [{ id: 2, created: true, kind: 'scan', unique: null }])
})
finds('I1', 'a job was never told what became of another', ({ rows }) => {
  rows.dependencies.push({ jobId: 2, needs: 1, told: 0 })
})
finds('I1', 'a job expired too early', (story) => {
  story.submit(factsFor(3))
  Object.assign(story.rows.jobs[2]!, { state: 'expired', expireAt: 1_000, finishedAt: 999 })
  story.rows.events.push({ jobId: 3, name: 'expired' })
})
finds('I2', 'a submit is answered with a job of another key', (story) => {
  story.say('submit', [{ kind: 'scan', unique: 'v' }], [{ id: 2, created: false, kind: 'scan', unique: null }])
})
finds('I2', 'a submit is answered with a job that had settled', (story) => {
  story.say('submit', [{ kind: 'scan', unique: 'u' }], [{ id: 1, created: false, kind: 'scan', unique: 'u' }])
})
finds('I2', 'two are queued with one unique key', (story) => {
  const same = [factsFor(3, { unique: 'v' }), factsFor(4, { unique: 'v' })]
  for (const facts of same) story.submit(facts)
  story.look(
    same.map(({ id }) => [id, 'queued']),
    same,
  )
  for (const facts of same) story.run(story.claim(facts))
})
finds('I2', 'two run with one unique key', (story) => runTogether(story, [factsFor(3, { unique: 'v' }), factsFor(4, { unique: 'v' })]))
finds('I3', 'a shared holder beside an exclusive one', (story) =>
  runTogether(story, [factsFor(3, { locks: exclusive('b') }), factsFor(4, { locks: shared('b') })]),
)
finds('I3', 'one more than the limit of a key', (story) =>
  runTogether(
    story,
    [3, 4, 5].map((id) => factsFor(id, { locks: shared('gpu') })),
  ),
)
finds('I3', 'two that conflict are seen running', (story) => {
  story.say('look', null, {
    jobs: [
      [3, 'running', 'ready', 1],
      [4, 'stopping', 'ready', 1],
    ],
    fresh: [factsFor(3, { locks: exclusive('b') }), factsFor(4, { locks: exclusive('b') })],
  })
})
finds('queue limit', 'one more than the queue runs', (story) => {
  const slow = [3, 4, 5, 6].map((id) => factsFor(id, { queue: 'slow' }))
  story.look(
    slow.map(({ id }) => [id, 'running']),
    slow,
  )
})
finds('no overtaking', 'a later shared one passes an exclusive one in line', (story) => {
  const passed = overtaking(() => {})
  Object.assign(story, { ops: passed.ops, rows: passed.rows })
})
finds('a pause holds', 'a job of a paused queue is started', (story) => {
  story.submit(factsFor(3))
  story.say('pause', { queue: 'default', kind: null, paused: true }, 'ok')
  story.run(story.claim(factsFor(3)))
  story.say('pause', { queue: 'default', kind: null, paused: false }, 'ok')
})
finds('a delay holds', 'a job is started before its time', (story) => {
  for (const one of last(story, 'claim').answer ?? []) one.availableAt = one.wallAt + 1
})
finds('after', 'a job is started whose needed job failed', (story) => {
  const [failing, waiting] = [factsFor(3), factsFor(4)]
  story.submit(failing)
  story.submit(waiting)
  story.run(story.claim(failing), 'failed')
  story.run(story.claim(waiting))
  story.rows.dependencies.push({ jobId: 4, needs: 3, told: 1 })
})
finds('I4', 'one attempt is given to two', (story) => {
  const { asked, answer } = last(story, 'claim')
  story.say(
    'claim',
    asked,
    answer!.map((one) => ({ ...one, token: one.token + 7 })),
  )
})
finds('I4', 'one attempt is started twice', (story) => {
  story.say('start', { id: 2, attempt: 1 }, true)
})
finds('I4', 'more attempts than anybody asked for', (story) => {
  Object.assign(last(story, 'finish').answer!, { attempts: 2 })
  story.rows.jobs[1]!.attempts = 2
  story.rows.attempts.push({ jobId: 2, attempt: 2, state: 'ended' })
})
finds('I4', 'an attempt without a row', ({ rows }) => {
  rows.attempts.pop()
  rows.attempts.push({ jobId: 2, attempt: 3, state: 'ended' })
})
finds('I4', 'queued again beyond the policy', (story) => {
  story.submit(factsFor(3))
  const held = story.claim(factsFor(3))
  story.log(held, 'end first')
  story.say(
    'finish',
    { ...held, line: 'end first', end: 'badly', said: null },
    { id: 3, state: 'queued', attempts: 1, excused: 0, token: 1, version: 3, finishedAt: null },
  )
  story.rows.events.push({ jobId: 3, name: 'queued again' })
  story.run(story.claim(factsFor(3), 2))
})
finds('I5', 'a settled job has changed', ({ rows }) => {
  rows.jobs[1]!.version++
})
finds('I5', 'a settled job runs again', (story) => {
  story.look([[2, 'running']])
})
finds('I5', 'a job settles twice', ({ rows }) => {
  rows.events.push({ jobId: 2, name: 'succeeded' })
})
finds('I6', 'an older lease token is good for a write', (story) => {
  story.submit(factsFor(3))
  const held = story.claim(factsFor(3))
  story.say('takeOver', { ...held, adopting: false }, { ...held, token: 2 })
  story.say(
    'observe',
    { ...held, line: 'old', checkpoint: null },
    { id: 3, state: 'running', attempts: 1, excused: 0, token: 2, version: 3, finishedAt: null },
  )
  story.log(held, 'old')
  story.run({ ...held, token: 2 })
})
finds('I6', 'who holds the lease is refused', (story) => {
  story.submit(factsFor(3))
  const held = story.claim(factsFor(3))
  story.say('observe', { ...held, line: 'refused', checkpoint: null }, 'lost')
  story.run(held)
})
finds('I6', 'a refused write is in the log', (story) => {
  const held = { id: 2, attempt: 1, token: 1 }
  story.say('observe', { ...held, line: 'refused', checkpoint: null }, 'lost')
  story.log(held, 'refused')
})
finds('I6', 'one lease token is given twice', (story) => {
  story.submit(factsFor(3))
  const held = story.claim(factsFor(3))
  for (const process of ['one', 'another'])
    Object.assign(story.say('takeOver', { ...held, adopting: true }, { ...held, token: 2 }), { process })
  story.run({ ...held, token: 2 })
})
finds('I7', 'a gap in the numbers of the log', ({ rows }) => {
  rows.jobs[1]!.logLines++
  rows.blocks.at(-1)!.firstSeq++
})
finds('I7', 'a line that was written is not there', ({ rows }) => {
  rows.blocks.pop()
  rows.jobs[1]!.logLines--
})
finds('I7', 'bytes of a file twice', (story) => {
  for (const from of [0, 0])
    story.rows.blocks.push({
      jobId: 2,
      firstSeq: ++story.rows.jobs[1]!.logLines,
      lineCount: 1,
      attempt: 1,
      stream: 1,
      from,
      bytes: 10,
      body: null,
    })
})
finds('I9', 'an older checkpoint has replaced a newer one', (story) => {
  story.submit(factsFor(3))
  const held = story.claim(factsFor(3))
  for (const line of ['older', 'newer']) {
    story.say(
      'observe',
      { ...held, line, checkpoint: line },
      { id: 3, state: 'running', attempts: 1, excused: 0, token: 1, version: 2, finishedAt: null },
    )
    story.log(held, line)
  }
  story.rows.checkpoints.push({ jobId: 3, value: 'older' })
  story.run(held)
})
finds('I13', 'a settled job still holds its key', ({ rows }) => {
  rows.locks.push({ jobId: 1, key: 'a', stage: 2 })
})
finds('I13', 'a flag that nobody looked at', ({ rows }) => {
  rows.leftovers.push('lock key a is flagged')
})
finds('no call fails', 'a call that threw', (story) => {
  Object.assign(story.say('promote', null, null), { threw: 'deadlock detected' })
})

function runTogether(story: Story, jobs: readonly ReturnType<typeof factsFor>[]): void {
  for (const facts of jobs) story.submit(facts)
  for (const held of jobs.map((facts) => story.claim(facts))) story.run(held)
}

/** 3 holds the key, 4 waits for it alone, 5 comes later and is started all the same. */
function overtaking(meanwhile: (story: Story) => void): Story {
  const story = newStory()
  const [holder, waiting, later] = [
    factsFor(1, { locks: shared('a') }),
    factsFor(3, { locks: exclusive('a') }),
    factsFor(4, { locks: shared('a') }),
  ]
  for (const facts of [holder, waiting, later]) story.submit(facts)
  const held = story.claim(holder)
  const see = () => story.look([[3, 'queued', 'key']], [waiting])
  see()
  see()
  meanwhile(story)
  const passing = story.claim(later)
  see()
  see()
  story.run(held)
  story.run(passing)
  story.run(story.claim(waiting))
  return story
}
