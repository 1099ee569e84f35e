// I8: what a job builds begins as it says, is named by its kind or its input, and is not made current when it came too late.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { defineJob } from '../../src/index.ts'
import type { JobContext } from '../../src/job.ts'
import { openings, settled, textOf, written } from '../contract/opened.ts'
import { building, built } from './builds.ts'

describe('from the current snapshot', () => {
  const { open } = openings('seeded')
  const seeded = building('seeded', { from: 'current' })

  test('the first begins empty; the next as a copy that is its own, and says of which', async () => {
    const holdfast = await open([seeded])
    assert.equal((await built(holdfast, seeded, 'ls -A; mkdir d; echo 1 > d/kept; echo 1 > changed; ln -s d/kept link')).state, 'succeeded')
    const [first] = await holdfast.artifact('index').snapshots()
    const second = await built(holdfast, seeded, 'cat d/kept changed link; echo 2 > changed; rm link; test -w d/kept')
    assert.equal(second.state, 'succeeded', second.failure?.message)
    assert.deepEqual(await textOf(holdfast, second.id), ['1', '1', '1'])
    assert.match((await textOf(holdfast, second.id, 'system'))[0] ?? '', /^attempt 1 started, pid \d+, index from snapshot 1$/)
    const [current] = await holdfast.artifact('index').snapshots()
    assert.deepEqual([current?.number, current?.seededFrom, current?.files], [2, 1, 2])
    assert.deepEqual(
      [first, current].map((one) => readFileSync(join(one?.path ?? '', 'changed'), 'utf8')),
      ['1\n', '2\n'],
      'the old one is what it was',
    )
    const empty = building('empty')
    const again = await open([empty])
    assert.equal((await built(again, empty, '[ -z "$(ls -A)" ] && echo 3 > changed')).state, 'succeeded')
  })

  test('which, is a matter of the input; what a function makes of it is checked', async () => {
    const either = building('either', { from: ({ script }) => (script.startsWith('#keep') ? 'current' : 'empty') })
    const wrong = building('wrong', { from: () => 'last' as 'current' })
    const holdfast = await open([either, wrong])
    assert.equal((await built(holdfast, either, 'echo 1 > a')).state, 'succeeded')
    assert.equal((await built(holdfast, either, '#keep\ncat a && echo 2 > b')).state, 'succeeded')
    assert.equal((await built(holdfast, either, '[ ! -e a ] && echo 3 > c')).state, 'succeeded')
    await assert.rejects(holdfast.submit(wrong, { script: '' }), { code: 'invalid_config', details: { field: 'from' } })
  })

  test('an inline function begins with it as well', async () => {
    const inline = defineJob({
      kind: 'inline',
      artifacts: ['notes'],
      from: 'current',
      run(job) {
        const file = join(job.output('notes'), 'notes')
        const before = existsSync(file) ? readFileSync(file, 'utf8') : ''
        writeFileSync(file, `${before}${job.id} `)
        return before
      },
    })
    const holdfast = await open([inline])
    const ids = []
    for (let round = 0; round < 3; round++) ids.push((await settled(holdfast, (await holdfast.submit(inline)).job.id)).id)
    const current = await holdfast.artifact('notes').current()
    assert.equal(readFileSync(join(current?.path ?? '', 'notes'), 'utf8'), `${ids.join(' ')} `)
  })
})

describe('artifacts that are a matter of the input', () => {
  const { open } = openings('named')

  test('I8: each job publishes what its input names, side by side with others of its kind; what a function makes of it is checked', async () => {
    const book = defineJob<{ ids: string[]; word: string }>({
      kind: 'book',
      artifacts: ({ ids }) => ids.map((id) => `book-${id}`),
      command: ({ ids, word }) => ['sh', '-c', ids.map((id) => `echo ${word} >> "$HOLDFAST_STAGING/book-${id}/text"`).join('; ')],
      from: 'current',
      validate: (staging, { input }) =>
        (input as { ids: string[] }).ids.every((id) => existsSync(join(staging, `book-${id}`, 'text'))) && null,
    })
    const holdfast = await open([book])
    const text = async (id: string) => {
      const current = await holdfast.artifact(`book-${id}`).current()
      return current && [current.number, readFileSync(join(current.path, 'text'), 'utf8')]
    }
    const write = async (ids: string[], word: string) => settled(holdfast, (await holdfast.submit(book, { ids, word })).job.id)
    const both = await write(['a', 'b'], 'one')
    assert.deepEqual([both.state, both.artifacts], ['succeeded', ['book-a', 'book-b']])
    await Promise.all([write(['a'], 'two'), write(['c'], 'three')])
    assert.deepEqual(await Promise.all(['a', 'b', 'c', 'd'].map(text)), [[2, 'one\ntwo\n'], [1, 'one\n'], [1, 'three\n'], null])
    assert.deepEqual((await holdfast.kinds()).find(({ kind }) => kind === 'book')?.artifacts, [], 'none is known before a job names it')
    assert.equal((await holdfast.artifact('book-b').detail())?.builds[0]?.jobId, both.id)
    for (const ids of [['a', 'a'], ['A'], ['../up'], Array.from({ length: 101 }, (_, index) => `${index}`)])
      await assert.rejects(holdfast.submit(book, { ids, word: '' }), { code: 'invalid_config', details: { field: 'artifacts' } })
  })
})

describe('from a current snapshot that cannot be copied', () => {
  const { open } = openings('unseeded')

  test('I13: a function fails with the reason, as a command does, and is not tried for ever', async () => {
    const run = (job: JobContext) => writeFileSync(join(job.output('index'), 'a'), '1')
    const inline = defineJob({ kind: 'inline', artifacts: ['index'], from: 'current', run })
    const command = building('command', { from: 'current' })
    const holdfast = await open([inline, command])
    assert.equal((await settled(holdfast, (await holdfast.submit(inline)).job.id)).state, 'succeeded')
    rmSync((await holdfast.artifact('index').current())?.path ?? '', { recursive: true })
    for (const { job } of [await holdfast.submit(command, { script: ':' }), await holdfast.submit(inline)]) {
      const done = await settled(holdfast, job.id)
      assert.deepEqual([done.state, done.failure?.kind], ['failed', 'launch'])
      assert.match(done.failure?.message ?? '', /^Could not start: snapshot 1 of index cannot be copied: /)
    }
  })
})

describe('a job that was asked for earlier', () => {
  const { data, open } = openings('late')
  const index = building('index', { unique: ({ script }) => script })

  test('I8: is stored and not current when a later one was faster; rolled forward to by its number', async () => {
    const holdfast = await open([index])
    const gate = join(data, 'gate')
    const { job: early } = await holdfast.submit(index, { script: `echo begun; until [ -e ${gate} ]; do sleep 0.05; done; echo early > a` })
    await written(holdfast, early.id, 1)
    const late = await built(holdfast, index, 'echo late > a')
    writeFileSync(gate, '')
    assert.equal((await settled(holdfast, early.id)).state, 'succeeded')
    const reader = holdfast.artifact('index')
    assert.deepEqual([(await reader.current())?.jobId, (await reader.current())?.number], [late.id, 1])
    const line = (await textOf(holdfast, early.id, 'system')).at(-1)
    assert.equal(line, `exit 0, stored index 2, not current: job ${late.id} was asked for later`)
    assert.equal((await reader.rollBack({ to: 2, by: 'ana' })).jobId, early.id)
    assert.equal(readFileSync(join(data, 'current', 'index', 'a'), 'utf8'), 'early\n')
  })
})
