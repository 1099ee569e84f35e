// Schedules with several runners on one database: each firing makes one job, whoever sees it first; and nobody fires what is paused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run, settled } from '../contract/opened.ts'
import { until } from '../contract/temporary.ts'
import { onOneDatabase, script } from './places.ts'

onOneDatabase('schedules', (place) => {
  test('two openings fire each time once; the jobs run with the stored input', async () => {
    const tick = script('tick')
    const schedules = [{ name: 'tick', kind: 'tick', cron: '* * * * * *', input: 'echo tick' }]
    const [holdfast, other] = [await place.open([tick], { schedules }), await place.open([tick], { schedules })]
    const jobs = async () => (await holdfast.list({ kind: 'tick' })).jobs
    await until('three firings', async () => (await jobs()).length >= 3)
    const paused = await other.schedules.pause('tick', { by: 'ana' })
    const fired = await jobs()
    // The next time is a whole second after the firing before, so two jobs of one second would be one firing made twice.
    const seconds = fired.map(({ submittedAt }) => Math.floor(submittedAt / 1_000))
    assert.equal(new Set(seconds).size, fired.length, JSON.stringify(fired.map(({ submittedAt }) => submittedAt)))
    assert.deepEqual([paused.lastJobId, paused.nextAt], [fired[0]?.id, []])
    for (const { id, input } of fired) assert.deepEqual([(await settled(holdfast, id)).state, input], ['succeeded', 'echo tick'])
  })

  test('overlap is up to the unique key: a firing that meets an active job of its kind makes none', async () => {
    const slow = script('slow', { unique: true })
    const holdfast = await place.open([slow])
    await holdfast.schedules.put({ name: 'slow', kind: slow, cron: '* * * * * *', input: 'sleep 100' })
    const [first, last] = await until('two firings', async () => {
      const [view] = (await holdfast.schedules.list()).filter(({ name }) => name === 'slow')
      const { jobs } = await holdfast.list({ kind: 'slow' })
      return view?.lastAt && jobs[0] && view.lastAt - jobs[0].submittedAt > 500 ? [jobs, view] : null
    })
    assert.deepEqual([first.length, last.lastJobId], [1, first[0]?.id])
    await holdfast.schedules.remove('slow')
    await holdfast.cancel(first[0]?.id ?? 0)
    await settled(holdfast, first[0]?.id ?? 0)
  })

  test('an opening without a runner, or without the kind, leaves them to the others', async () => {
    const later = script('later')
    const without = await place.open([later], { runner: false })
    const other = await place.open()
    await without.schedules.put({ name: 'later', kind: later, cron: '* * * * * *', input: 'true' })
    const dueAt = (await without.schedules.list()).find(({ name }) => name === 'later')?.nextAt[0] ?? 0
    await until('it is due', () => Date.now() > dueAt)
    // Whoever has run a job since then has looked.
    await run(other, 'true')
    assert.deepEqual((await without.list({ kind: 'later' })).jobs, [])
    const knows = await place.open([later])
    await until('its first job', async () => (await knows.list({ kind: 'later' })).jobs[0])
    await knows.schedules.remove('later')
  })
})
