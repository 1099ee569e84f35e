// What the dashboard says of artifacts, without a browser: the difference of two fingerprints, the condition, the timeline.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionLook, inOrder, listSentence } from '../../dashboard/src/artifacts/artifact-words.ts'
import { differences, marked } from '../../dashboard/src/artifacts/fingerprint.ts'
import { timelineItems } from '../../dashboard/src/artifacts/timeline-items.ts'
import type { ArtifactDetail, ArtifactView, Build } from '../../src/client/index.ts'

const told = (from: string, to: string) => differences(from, to).map(({ name, from: was, to: is }) => [name, was, is])

test('fingerprints differ part by part, however they are spelled', () => {
  assert.deepEqual(told('t=0.50;ep=1,2;m=x', 't=0.46;ep=1,2,3;m=x'), [
    ['t', '0.50', '0.46'],
    ['ep', '1,2', '1,2,3'],
  ])
  assert.deepEqual(told('minVotes=5 neighbours=10', 'minVotes=5 neighbours=20'), [['neighbours', '10', '20']])
  assert.deepEqual(told('{"a":{"b":1,"c":[1]},"d":"x"}', '{"a":{"b":2,"c":[1]},"e":null}'), [
    ['a.b', '1', '2'],
    ['d', 'x', null],
    ['e', null, 'null'],
  ])
  assert.deepEqual(told('mode: full', 'mode: fast'), [['mode', 'full', 'fast']])
})

test('what has no parts with names differs as a whole, and the same is no difference', () => {
  for (const [from, to] of [
    ['8f3a', '91bc'],
    ['{"a":', '{"a":1}'],
    ['', 'x'],
    ['a=1;b=2', 'b=2;a=1'],
  ] as const)
    assert.deepEqual(told(from, to), [[null, from, to]])
  assert.deepEqual(told('a=1', 'a=1'), [])
})

test('what is new in a fingerprint is marked in its place; where the two are built differently, nothing is', () => {
  const pieces = marked('t=0.46;ep=7', 't=0.50;ep=6')
  assert.equal(pieces.map(({ text }) => text).join(''), 't=0.46;ep=7')
  assert.deepEqual(
    pieces.filter(({ isNew }) => isNew).map(({ text }) => text),
    ['0.46', '7'],
  )
  for (const other of [null, 't=0.46', '8f3a']) assert.ok(marked('t=0.46;ep=7', other).every(({ isNew }) => !isNew))
})

const build = (jobId: number, state: Build['state'], finishedAt: number | null): Build => ({
  jobId,
  kind: 'rebuild',
  state,
  fingerprint: null,
  submittedBy: null,
  submittedAt: jobId,
  finishedAt,
  failure: null,
})

const artifact = (with_: Partial<ArtifactView>): ArtifactView => ({
  name: 'index',
  condition: 'idle',
  required: false,
  anotherRequired: false,
  reasons: [],
  current: null,
  wanted: null,
  building: null,
  next: null,
  last: null,
  snapshots: 0,
  bytes: 0,
  version: 0,
  ...with_,
})
const wanted = { fingerprint: 'x', at: 1, by: null }
const snapshot = (number: number, publishedAt: number, isCurrent = false): ArtifactDetail['kept'][number] => ({
  id: number,
  artifact: 'index',
  number,
  jobId: number,
  attempt: 1,
  kind: 'rebuild',
  submittedBy: null,
  folder: `snapshots/index/${number}-1`,
  fingerprint: 'x',
  seededFrom: null,
  files: 1,
  bytes: 1,
  publishedAt,
  isCurrent,
  replacedAt: null,
  readers: [],
})

test('the condition in a word', () => {
  const current = snapshot(1, 1, true)
  const word = (with_: Partial<ArtifactView>) => conditionLook(artifact(with_)).word
  assert.equal(word({}), 'Never built')
  assert.equal(word({ condition: 'required', required: true, wanted }), 'Build required')
  assert.equal(word({ condition: 'required', required: true, wanted, current }), 'Rebuild required')
  assert.equal(word({ condition: 'building', building: build(2, 'queued', null) }), 'Queued')
  assert.equal(word({ condition: 'building', building: build(2, 'running', null) }), 'Building')
  assert.equal(word({ condition: 'failed', required: true, wanted, current }), 'Build failed')
  assert.equal(word({ condition: 'succeeded', wanted, current }), 'Up to date')
  assert.equal(word({ condition: 'idle', wanted, current }), 'Up to date')
  assert.equal(word({ condition: 'succeeded', current }), 'Published')
  assert.equal(word({ condition: 'idle', current }), 'Idle')
})

test('the list says first what needs somebody, in a sentence and in its order', () => {
  const calm = artifact({ name: 'a' })
  const required = artifact({ name: 'b', condition: 'required', required: true })
  const building = artifact({ name: 'c', condition: 'building', required: true, building: build(1, 'running', null) })
  const failed = artifact({ name: 'd', condition: 'failed' })
  assert.deepEqual(
    inOrder([calm, required, building, failed]).map(({ name }) => name),
    ['b', 'd', 'a', 'c'],
  )
  assert.match(listSentence([calm]), /None has to be built anew/)
  assert.match(listSentence([calm, required]), /^1 of 2 is not what is wanted\. /)
  assert.match(listSentence([building, required, building]), /^2 of 3 are being built, 1 is not what is wanted\. /)
})

test('the timeline: builds that came to nothing and roll backs between the snapshots; changes of what is wanted in one entry; gaps are told', () => {
  const event = (at: number, name: ArtifactDetail['events'][number]['name'], text: string | null = null) => ({
    at,
    name,
    number: 1,
    before: 2,
    by: null,
    text,
  })
  const detail: ArtifactDetail = {
    ...artifact({}),
    kept: [snapshot(8, 80, true), snapshot(5, 50), snapshot(4, 40)],
    builds: [build(90, 'queued', null), build(9, 'failed', 60), build(8, 'succeeded', 80), build(7, 'cancelled', 45)],
    events: [
      event(85, 'wanted', 'c'),
      event(84, 'wanted', 'b'),
      event(70, 'rolled back'),
      event(50, 'published'),
      event(30, 'wanted', 'a'),
    ],
  }
  const items = timelineItems(detail).map((item) => {
    if (item.type === 'snapshot') return `snapshot ${item.snapshot.number}`
    if (item.type === 'gone') return `gone ${item.from}-${item.to}`
    if (item.type === 'wanted') return `wanted ${item.event.text} after ${item.before}, ${item.changes}`
    return item.type === 'moved' ? item.event.name : `${item.type} #${item.build.jobId}`
  })
  assert.deepEqual(items, [
    'active #90',
    'wanted c after a, 2',
    'snapshot 8',
    'rolled back',
    'nothing #9',
    'gone 6-7',
    'snapshot 5',
    'nothing #7',
    'snapshot 4',
    'wanted a after null, 1',
    'gone 1-3',
  ])
})
