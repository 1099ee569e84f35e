// I8: readers see one whole version, for as long as they read; what is current moves by a publish or a roll back, and everybody learns of it.
import assert from 'node:assert/strict'
import { existsSync, lutimesSync, mkdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { limits } from '../../src/core/limits.ts'
import { defineJob, type Holdfast, type OpenSnapshot } from '../../src/index.ts'
import { sweep } from '../../src/runner/janitor.ts'
import { readerHost } from '../../src/runner/pin-holder.ts'
import { closeInstance, openInstance } from '../../src/supervisor/open-instance.ts'
import { openings, settled } from '../contract/opened.ts'
import { until } from '../contract/temporary.ts'

const pair = defineJob<{ text: string }>({
  kind: 'pair',
  artifacts: ['one', 'two'],
  command: ({ text }) => ['sh', '-c', `cd "$HOLDFAST_STAGING"; echo ${text} > one/a; echo ${text} > two/a; [ ${text} != bad ]`],
  fingerprint: ({ text }) => text,
})

async function publish(holdfast: Holdfast, text: string) {
  return settled(holdfast, (await holdfast.submit(pair, { text })).job.id)
}

const ignored = { info() {}, warn() {}, error() {} }

/** What a sweep of an hour later removes. */
async function sweepLater(data: string): Promise<void> {
  const instance = await openInstance({ data, kinds: [], logger: ignored, foldersReady: 0 })
  const { clock } = instance.house
  await sweep({ ...instance.house, clock: { ...clock, now: () => clock.now() + 3_700_000 } }, { ageMs: 600_000, count: 2 })
  await closeInstance(instance, null)
}

describe('open', () => {
  const { data, open } = openings('reading')

  test('null before the first; then a folder that stays until it is closed, whatever is published and swept meanwhile', async () => {
    const holdfast = await open([pair])
    const reader = holdfast.artifact('one')
    assert.deepEqual(
      [await reader.current(), await reader.open(), await reader.snapshots(), (await reader.detail())?.condition],
      [null, null, [], 'idle'],
    )
    await publish(holdfast, 'v1')
    const first = await reader.open()
    assert.ok(first)
    for (const text of ['v2', 'v3', 'v4', 'v5']) await publish(holdfast, text)
    await sweepLater(data)
    assert.equal(readFileSync(first.file('a'), 'utf8'), 'v1\n')
    assert.deepEqual(
      (await reader.snapshots()).map(({ number }) => number),
      [5, 4, 3, 1],
    )
    const kept = (await reader.detail())?.kept.at(-1)
    assert.deepEqual([kept?.number, kept?.readers.map(({ pid, program }) => [pid, typeof program])], [1, [[process.pid, 'string']]])
    assert.ok(first.ageMs >= 0 && first.ageMs < 60_000)
    assert.throws(() => first.file('../x'), { code: 'invalid_request', details: { field: 'path' } })
    assert.throws(() => first.file('/etc/passwd'), { code: 'invalid_request' })
    first.close()
    first.close()
    await until('it is let go of', async () => (await reader.detail())?.kept.at(-1)?.readers.length === 0)
    await sweepLater(data)
    assert.equal(existsSync(first.path), false)
    assert.equal(await reader.open(1), null)
  })

  test('an older one can be opened by its number; "using" closes it', async () => {
    const holdfast = await open([pair])
    await publish(holdfast, 'w1')
    await publish(holdfast, 'w2')
    const reader = holdfast.artifact('two')
    const [newest, before] = await reader.snapshots()
    {
      using older = await reader.open(before?.number)
      assert.equal(readFileSync(older?.file('a') ?? '', 'utf8'), 'w1\n')
      const readers = (await reader.detail())?.kept.find(({ number }) => number === before?.number)?.readers
      assert.equal(readers?.length, 1)
    }
    await until('closed', async () => (await reader.detail())?.kept.find(({ number }) => number === before?.number)?.readers.length === 0)
    assert.equal((await reader.current())?.number, newest?.number)
    await assert.rejects(reader.open(0), { code: 'invalid_request', details: { field: 'snapshot' } })
    assert.throws(() => holdfast.artifact('No'), { code: 'invalid_request', details: { field: 'artifact' } })
  })

  test('several are opened at one instant: never one of this publish and one of that', async () => {
    const [writer, readerSide] = [await open([pair]), await open([pair], { runner: false })]
    await publish(writer, '0')
    const stop = new AbortController()
    const publishing = (async () => {
      for (let round = 1; !stop.signal.aborted; round++) await publish(writer, String(round))
    })()
    let versions = 0
    let last = ''
    while (versions < 6) {
      const [one, two] = await readerSide.artifacts.open(['one', 'two'])
      assert.equal(one?.jobId, two?.jobId)
      const texts = [one, two].map((snapshot) => readFileSync(snapshot?.file('a') ?? '', 'utf8'))
      assert.equal(texts[0], texts[1])
      if (texts[0] !== last) versions++
      last = texts[0] ?? ''
      one?.close()
      two?.close()
      // The publisher is in this process as well.
      await setImmediate()
    }
    stop.abort()
    await publishing
  })

  test('I13: a reader that was killed is noticed, and holds nothing for ever; a folder that nobody knows is removed', async () => {
    const holdfast = await open([pair])
    for (const text of ['x1', 'x2', 'x3', 'x4']) await publish(holdfast, text)
    const reader = holdfast.artifact('one')
    const oldest = (await reader.snapshots()).at(-1)
    const instance = await openInstance({ data, kinds: [], logger: ignored, foldersReady: 0 })
    const holder = { holder: 'killed', program: 'web', hostId: readerHost(instance.house), bootId: instance.house.place.bootId }
    const gone = { ...holder, pid: 2 ** 22 + 1, processStartedAt: '1' }
    await instance.store.artifacts.hold({ holder: gone, names: ['one'], number: oldest?.number ?? 0, keep: [], now: Date.now() })
    // In another container of this machine, say.
    const elsewhere = { ...gone, holder: 'elsewhere', hostId: `${instance.house.place.hostId}/1` }
    const [second] = (await reader.snapshots()).slice(-2)
    await instance.store.artifacts.hold({
      holder: elsewhere,
      names: ['one'],
      number: second?.number ?? 0,
      keep: [],
      now: Date.now() + 3_700_000,
    })
    await closeInstance(instance, null)
    mkdirSync(join(data, 'snapshots', 'one', '999-1-left'), { recursive: true })
    await sweepLater(data)
    const numbers = (await reader.snapshots()).map(({ number }) => number)
    assert.ok(!numbers.includes(oldest?.number ?? 0), 'its reader is gone')
    assert.ok(numbers.includes(second?.number ?? 0), 'its reader was heard of a moment ago, on a machine that cannot be seen')
    assert.equal(existsSync(join(data, 'snapshots', 'one', '999-1-left')), false)
  })
})

describe('context', () => {
  const { open } = openings('context')

  test('loaded once for each publish, on the first request after it; never for a failure; the last one is used while a new one cannot be loaded', async () => {
    const errors: string[] = []
    const holdfast = await open([pair], { logger: { ...ignored, error: (message) => errors.push(message) } })
    let broken = false
    const context = holdfast.artifacts.context(['one', 'two'], async ([one, two]) => {
      if (broken) throw new Error('out of order')
      return [readFileSync(one.file('a'), 'utf8').trim(), readFileSync(two.file('a'), 'utf8').trim(), one.number]
    })
    assert.equal(await context.get(), null)
    await publish(holdfast, 'v1')
    const many = await Promise.all(Array.from({ length: 20 }, () => context.get()))
    assert.deepEqual(new Set(many).size, 1)
    assert.deepEqual([many[0], context.loads()], [['v1', 'v1', 1], 1])
    await publish(holdfast, 'bad')
    assert.equal(await context.get(), many[0])
    assert.equal(context.loads(), 1)
    await publish(holdfast, 'v2')
    assert.deepEqual([await context.get(), context.loads()], [['v2', 'v2', 2], 2])
    broken = true
    await publish(holdfast, 'v3')
    assert.deepEqual([(await context.get())?.[0], (await context.get())?.[0], context.loads(), errors.length], ['v2', 'v2', 3, 1])
    assert.match(errors[0] ?? '', /one, two could not be loaded.*out of order/)
    broken = false
    await publish(holdfast, 'v4')
    assert.equal((await context.get())?.[0], 'v4')
    context.close()
  })

  test('closed while it is loaded: what it read is let go of all the same', async () => {
    const holdfast = await open([pair])
    await publish(holdfast, 'c1')
    const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let opened: OpenSnapshot | null = null
    const context = holdfast.artifacts.context(['one'], async ([one]) => {
      opened = one
      begun.resolve()
      await gate.promise
    })
    const asked = context.get()
    await begun.promise
    context.close()
    gate.resolve()
    assert.equal(await asked, null)
    await publish(holdfast, 'c2')
    const { id } = opened ?? assert.fail('nothing was loaded')
    // The next reader says what is read here.
    using _ = await holdfast.artifact('one').open()
    const kept = (await holdfast.artifact('one').detail())?.kept.find((one) => one.id === id)
    assert.deepEqual(kept?.readers, [])
  })

  test('another program learns of it by itself', async () => {
    const [writer, other] = [await open([pair]), await open([pair], { runner: false })]
    const reader = other.artifact('one')
    let told = 0
    const stop = reader.onChange(() => told++)
    await publish(writer, 'w1')
    await until('it was told', () => told > 0)
    assert.equal((await reader.current())?.fingerprint, 'w1')
    const before = told
    await publish(writer, 'bad')
    await publish(writer, 'w2')
    await until('it was told again', () => told > before)
    assert.equal(told, before + 1, 'a failure is no change')
    stop()
  })
})

describe('more artifacts than a list holds', () => {
  const { data, open } = openings('many')

  test('I8 I13: the links and the retention of those beyond it are what they are of the others', async () => {
    const holdfast = await open([pair])
    for (const text of ['v1', 'v2', 'v3', 'v4', 'v5']) await publish(holdfast, text)
    await Promise.all(Array.from({ length: limits.artifacts }, (_, index) => holdfast.artifact(`a${index}`).want('w')))
    const link = join(data, 'current', 'one')
    lutimesSync(link, 1, 1)
    rmSync(join(data, 'current', 'two'))
    await sweepLater(data)
    assert.equal(readFileSync(join(data, 'current', 'two', 'a'), 'utf8'), 'v5\n')
    assert.equal(readFileSync(join(link, 'a'), 'utf8'), 'v5\n')
    assert.equal((await holdfast.artifact('one').snapshots()).length, 3)
  })
})

describe('rolling back and forward', () => {
  const { data, open } = openings('rolling')

  test('the pointer and the link move, who did it and why is kept, and what is required is known anew', async () => {
    const holdfast = await open([pair])
    const reader = holdfast.artifact('one')
    await assert.rejects(reader.rollBack(), { code: 'artifact_not_found' })
    for (const text of ['v1', 'v2', 'v3']) await publish(holdfast, text)
    const linked = () => readFileSync(join(data, 'current', 'one', 'a'), 'utf8').trim()
    await reader.want('v3')
    assert.equal((await reader.rollBack({ by: 'ana', reason: 'two actors merged' })).number, 2)
    assert.deepEqual([linked(), (await reader.current())?.number], ['v2', 2])
    assert.ok(existsSync(join(data, 'current', readlinkSync(join(data, 'current', 'one')))))
    const detail = await reader.detail()
    assert.deepEqual([detail?.condition, detail?.required], ['required', true])
    const [event] = detail?.events ?? []
    assert.deepEqual([event?.name, event?.number, event?.before, event?.by, event?.text], ['rolled back', 2, 3, 'ana', 'two actors merged'])
    assert.equal((await reader.rollBack({ to: 3 })).number, 3)
    assert.deepEqual([linked(), (await reader.detail())?.condition], ['v3', 'succeeded'])
    await assert.rejects(reader.rollBack({ to: 9 }), { code: 'snapshot_not_found' })
    await reader.rollBack({ to: 1 })
    await assert.rejects(reader.rollBack(), { code: 'wrong_state' })
    await assert.rejects(reader.rollBack({ number: 3 } as object), { code: 'invalid_request', details: { field: 'number' } })
    assert.equal((await holdfast.artifact('two').current())?.number, 3, 'the other one is where it was')
  })

  test('together with what was published with it, at one instant, also where the other one is somewhere else', async () => {
    const holdfast = await open([pair])
    const [one, two] = [holdfast.artifact('one'), holdfast.artifact('two')]
    const numbers = async () => [(await one.current())?.number, (await two.current())?.number]
    await publish(holdfast, 'w4')
    await publish(holdfast, 'w5')
    await one.rollBack({ together: true, by: 'ana' })
    assert.deepEqual(await numbers(), [4, 4])
    for (const name of ['one', 'two']) assert.equal(readFileSync(join(data, 'current', name, 'a'), 'utf8'), 'w4\n')
    assert.deepEqual(
      (await two.detail())?.events.slice(0, 1).map(({ name, number, before, by }) => [name, number, before, by]),
      [['rolled back', 4, 5, 'ana']],
    )
    await two.rollBack({ to: 3 })
    await one.rollBack({ to: 5, together: true })
    assert.deepEqual(await numbers(), [5, 5])
    await one.rollBack({ to: 5, together: true })
    assert.deepEqual(await numbers(), [5, 5])
  })
})
