import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tellApart } from './cluster.ts'
import type { Face } from './detector.ts'
import { followFaces } from './track.ts'

/** Two people: their numbers are far apart, those of one are near. */
const look = { ada: 0.04, bo: 0.16 }
const face = (who: keyof typeof look, left: number, noise = 0): Face => ({
  box: [left, 0, 40, 40],
  score: 0.9,
  descriptor: Array.from({ length: 128 }, () => look[who] + noise),
})

function follow(frames: Face[][]) {
  const following = followFaces()
  for (const [frame, faces] of frames.entries()) following.add(frame, faces)
  return following.end()
}

test('a face that is missed in one frame is still the same one; after two it begins anew', () => {
  const spans = (tracks: ReturnType<typeof follow>) => tracks.map(({ first, last, found }) => [first, last, found])
  assert.deepEqual(spans(follow([[face('ada', 0)], [], [face('ada', 5)]])), [[0, 2, 2]])
  assert.deepEqual(spans(follow([[face('ada', 0)], [], [], [face('ada', 5)]])), [
    [0, 0, 1],
    [3, 3, 1],
  ])
})

test('two who cross are not exchanged, and who takes the place of another is somebody else', () => {
  const crossing = follow([0, 10, 20, 30, 40].map((x) => [face('ada', x), face('bo', 40 - x)]))
  assert.deepEqual(
    crossing.map(({ found, descriptor }) => [found, descriptor[0]]),
    [
      [5, look.ada],
      [5, look.bo],
    ],
  )
  assert.equal(follow([[face('ada', 0)], [face('bo', 0)]]).length, 2)
})

test('S3 one who comes again is the same person; times that touch are one, and who is longest on screen is first', () => {
  const tracks = follow([[face('bo', 0)], [face('ada', 90)], [face('ada', 90, 0.005)], [], [], [face('ada', 9, 0.01)]])
  assert.deepEqual(tellApart(tracks, 2), [
    {
      number: 1,
      seconds: 1.5,
      spans: [
        [0.5, 1.5],
        [2.5, 3],
      ],
    },
    { number: 2, seconds: 0.5, spans: [[0, 0.5]] },
  ])
  assert.deepEqual(tellApart([], 2), [])
})
