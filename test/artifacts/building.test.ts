// I8: what a job builds begins as it says, is looked at by the app before anybody reads it, and nothing that is refused or came too late is published.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { defineJob, type Holdfast, type JobDefinition, type JobOptions } from '../../src/index.ts'
import type { JobContext } from '../../src/job.ts'
import { findOrphans } from '../../src/runner/rescuer.ts'
import { closeInstance, openInstance } from '../../src/supervisor/open-instance.ts'
import { openings, settled, textOf, written } from '../contract/opened.ts'
import { until } from '../contract/temporary.ts'

interface Build {
  script: string
}

/** A kind whose script works in the folder of its one artifact. */
function building(kind: string, given: Partial<JobOptions<Build>> = {}): JobDefinition<Build> {
  return defineJob<Build>({
    kind,
    artifacts: ['index'],
    command: ({ script }) => ['sh', '-c', `cd "$HOLDFAST_STAGING/index"; ${script}`],
    fingerprint: ({ script }) => script,
    stopGraceMs: 300,
    ...given,
  })
}

async function built(holdfast: Holdfast, kind: JobDefinition<Build>, script: string) {
  return settled(holdfast, (await holdfast.submit(kind, { script })).job.id)
}

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

describe('validate', () => {
  const { data, open } = openings('validate')

  test('what it throws or says is why nothing is published; the output stays for a look; the job can be tried again', async () => {
    const looked: [string, number, unknown][] = []
    const checked = building('checked', {
      validate(staging, { id, input }) {
        const text = readFileSync(join(staging, 'index', 'a'), 'utf8').trim()
        looked.push([text, id, input])
        if (text === 'throws') throw new Error('a film has no title')
        return text === 'says' ? 'only 3 films' : 'fine'.slice(4)
      },
    })
    const holdfast = await open([checked])
    for (const [text, message] of [
      ['throws', 'Output refused: a film has no title'],
      ['says', 'Output refused: only 3 films'],
    ] as const) {
      const job = await built(holdfast, checked, `echo ${text} > a`)
      assert.deepEqual([job.state, job.failure?.kind, job.failure?.message], ['failed', 'publish', message])
      const kept = /What it wrote is kept in (\S+) of/.exec(job.failure?.hint ?? '')?.[1] ?? ''
      assert.equal(readFileSync(join(data, kept, 'index', 'a'), 'utf8'), `${text}\n`)
      assert.equal(await holdfast.artifact('index').current(), null)
    }
    const good = await built(holdfast, checked, 'echo good > a')
    assert.equal(good.state, 'succeeded')
    assert.deepEqual(looked.at(-1), ['good', good.id, { script: 'echo good > a' }])
    assert.equal((await holdfast.artifact('index').current())?.jobId, good.id)
  })

  test('I13: trouble that the app has with a disk is its answer, and is not taken for ours', async () => {
    const failing = building('failing', {
      validate() {
        throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' })
      },
    })
    const holdfast = await open([failing])
    const done = await built(holdfast, failing, 'echo 1 > a')
    assert.deepEqual([done.state, done.failure?.message], ['failed', 'Output refused: EROFS: read-only file system'])
  })

  test('I11: one that ends by its signal, in words of its own, was cancelled and has refused nothing', async () => {
    const begun = Promise.withResolvers<void>()
    const obedient = building('obedient', {
      validate(_, { signal }) {
        begun.resolve()
        return setTimeout(60_000, '', { signal })
      },
    })
    const holdfast = await open([obedient])
    const { job } = await holdfast.submit(obedient, { script: 'echo 1 > a' })
    await begun.promise
    await holdfast.cancel(job.id)
    assert.equal((await settled(holdfast, job.id)).state, 'cancelled')
  })

  test('it is not asked about an output that is refused anyhow, nor of a job that failed', async () => {
    let asked = 0
    const counted = building('counted', { validate: () => void asked++ })
    const holdfast = await open([counted])
    for (const script of ['ln -s /etc a', ':', 'echo 1 > a; exit 1']) assert.equal((await built(holdfast, counted, script)).state, 'failed')
    assert.equal(asked, 0)
  })

  test('the time that it takes counts for no timeout, and its silence for no stall', async () => {
    const short = { timeoutMs: 1_500, stallAfterMs: 300, onStall: 'cancel', stallLimitMs: 1_500 } as const
    // A look a second, and one more.
    const validate = async () => {
      const since = Date.now()
      await until('both would be over', () => Date.now() - since > 3_600)
    }
    const command = building('patient', {
      ...short,
      artifacts: ['patient'],
      command: () => ['sh', '-c', 'echo 1 > $HOLDFAST_STAGING/patient/a'],
      validate,
    })
    const run = (job: JobContext) => writeFileSync(join(job.output('own'), 'a'), '1')
    const inline = defineJob({ kind: 'own', ...short, artifacts: ['own'], run, validate })
    const holdfast = await open([command, inline])
    const asked = [await holdfast.submit(command, { script: '' }), await holdfast.submit(inline)]
    for (const { job } of asked) {
      const done = await settled(holdfast, job.id)
      assert.deepEqual([done.state, done.failure], ['succeeded', null])
    }
  })

  test('I11: one that never ends does not keep a cancel waiting, and nothing is published', async () => {
    let [begun, aborted] = [false, '']
    const endless = building('endless', {
      artifacts: ['endless'],
      command: ({ script }) => ['sh', '-c', `cd "$HOLDFAST_STAGING/endless"; ${script}`],
      validate(_, { signal }) {
        begun = true
        return new Promise(() => signal.addEventListener('abort', () => (aborted = String(signal.reason?.message)), { once: true }))
      },
    })
    const holdfast = await open([endless])
    const { job } = await holdfast.submit(endless, { script: 'echo 1 > a' })
    await until('it is looked at', () => begun)
    await holdfast.cancel(job.id, { by: 'ana' })
    assert.equal((await settled(holdfast, job.id)).state, 'cancelled')
    assert.equal(await holdfast.artifact('endless').current(), null)
    await until('it was told', () => aborted !== '')
  })
})

describe('a program without the function', () => {
  const { data, open } = openings('unchecked')
  const kind = (validate?: JobOptions<Build>['validate']) => building('looked-at', validate ? { validate } : {})

  test('I8 I10: sees the job through to its end, says that it waits for the app, and leaves it to the app to publish', async () => {
    const app = await open([kind(() => undefined)])
    const gate = join(data, 'gate')
    const { job } = await app.submit(kind(), { script: `echo line; until [ -e ${gate} ]; do sleep 0.05; done; echo 1 > a` })
    await written(app, job.id, 1)
    await app.close()
    const other = await open([])
    await until('it is adopted', async () => (await other.detail(job.id))?.history[0]?.adoptedAt)
    writeFileSync(gate, '')
    const waiting = await until('it waits', async () => {
      const now = await other.get(job.id)
      return now?.flags.includes('unchecked') ? now : null
    })
    assert.deepEqual([waiting.state, waiting.flags], ['running', ['unchecked']])
    assert.match(
      (await textOf(other, job.id, 'system')).at(-1) ?? '',
      /^exit 0; its output waits for a program that has the kind "looked-at"/,
    )
    let asked = 0
    const third = await openInstance({ data, kinds: [], logger: { info() {}, warn() {}, error() {} }, foldersReady: 0 })
    const look = async () => {
      asked++
      const others = await findOrphans({ ...third.house, validatorOf: () => () => undefined }, new Set())
      return others.length === 0 ? '' : 'another program with the kind would take it from the one that looks at it'
    }
    const back = await open([kind(look)])
    const done = await settled(back, job.id)
    await closeInstance(third, null)
    assert.deepEqual([done.state, done.failure, done.flags, done.exitCode, asked], ['succeeded', null, [], 0, 1])
    assert.equal((await back.artifact('index').current())?.jobId, job.id)
    assert.equal((await other.get(job.id))?.state, 'succeeded')
  })
})

describe('while it waits for the app', () => {
  const { data, open } = openings('waiting-for-app')

  test('I11: it can be cancelled, and nothing is published', async () => {
    const kind = building('looked-at', { validate: () => undefined })
    const app = await open([kind])
    const gate = join(data, 'gate')
    const { job } = await app.submit(kind, { script: `echo line; until [ -e ${gate} ]; do sleep 0.05; done; echo 2 > a` })
    await written(app, job.id, 1)
    await app.close()
    const other = await open([])
    writeFileSync(gate, '')
    await until('it waits', async () => (await other.get(job.id))?.flags.includes('unchecked'))
    await other.cancel(job.id, { by: 'ana' })
    assert.deepEqual([(await settled(other, job.id)).state, await other.artifact('index').current()], ['cancelled', null])
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
