// I8: what is read is kept, whatever happens between two looks at what is current.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endOf, place, spec, stores, submitClaimed } from '../../test/contract/store/stores.ts'
import { until } from '../../test/contract/temporary.ts'
import type { House } from '../runner/house.ts'
import { systemClock } from '../runner/system-clock.ts'
import type { Store } from '../store/store.ts'
import { openPins } from './pins.ts'

async function publish(store: Store): Promise<void> {
  const { fence, job } = await submitClaimed(store, { spec: { ...spec, artifacts: ['index', 'taste'] } })
  const one = { folder: `${job.id}-1`, fingerprint: null, seededFrom: null, files: 1, bytes: 1 }
  const published = ['index', 'taste'].map((artifact) => ({ artifact, ...one }))
  assert.notEqual(await store.claims.finish({ fence, end: endOf('well', { published }) }), 'lease lost')
}

test('I8: who begins to read a snapshot while it is looked at whether it is still current keeps it', async (t) => {
  const { store, close } = await stores[0]!.open()
  t.after(close)
  const launcher = { self: () => ({ pid: process.pid, startedAt: null }) }
  const clock = { ...systemClock, every: () => () => undefined }
  const house = { store, place, launcher, clock, closing: new AbortController().signal } as unknown as House
  const currentOf = async (name: string) => (await store.artifacts.list({ names: [name] }))[0]?.current ?? null
  const published = Promise.withResolvers<void>()
  let looks = 0
  const current = async (name: string) => {
    looks++
    await published.promise
    return currentOf(name)
  }
  const pins = openPins(house, { current, saw: () => undefined, forget: () => undefined })
  await publish(store)
  const [first] = await pins.take(['index'])
  assert.ok(first)
  pins.letGo(first)
  const other = pins.take(['taste'])
  await until('both look', () => looks === 2)
  assert.equal((await pins.take(['index']))[0]?.id, first.id)
  await publish(store)
  published.resolve()
  await other
  const { snapshots } = await store.artifacts.kept({ name: 'index' })
  assert.deepEqual(
    snapshots.map(({ number, pins }) => [number, pins.length]),
    [
      [2, 0],
      [1, 1],
    ],
  )
})
