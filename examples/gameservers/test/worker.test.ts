// S4.9, in the app's own process: whether there is a worker, and that there are never two.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { temporaryFolder } from '../../../test/contract/temporary.ts'
import { type App, openApp, operate } from '../app.ts'

const quiet = { info() {}, warn() {}, error() {} }
const data = temporaryFolder('gameservers-worker')
const alive = async ({ holdfast }: App) => (await holdfast.runners()).filter(({ isAlive }) => isAlive).length

test('S4.9 a test starts no worker by accident; one can be switched off; started twice in one process it is one, which does a job once', async () => {
  const named = process.env.HOLDFAST_RUNNER
  try {
    delete process.env.HOLDFAST_RUNNER
    const first = await openApp({ data, logger: quiet })
    const server = first.database.addServer('Reef', 1)
    // It has no files: the operation fails by its own words, as soon as somebody executes it.
    const { id } = await operate(first, 'start', { server, by: 'cleo' })
    assert.deepEqual([await alive(first), (await first.holdfast.get(id))?.state], [0, 'queued'])

    process.env.HOLDFAST_RUNNER = 'off'
    const second = await openApp({ data, logger: quiet })
    assert.equal(await alive(second), 0)

    process.env.HOLDFAST_RUNNER = 'on'
    const off = await openApp({ data, worker: false, logger: quiet })
    assert.equal(await alive(off), 0)
    const [third, fourth] = await Promise.all([openApp({ data, logger: quiet }), openApp({ data, logger: quiet })])
    const job = await third.holdfast.wait(id)
    assert.equal(await alive(fourth), 1)
    assert.deepEqual(
      [job.state, job.attempts, job.failure?.message],
      ['failed', 1, 'The game is not installed yet: an admin does that on the page “Admin”.'],
    )
    await fourth.looker.caughtUp()
    assert.equal(first.database.server(server.id)?.lastErrorJob, id)
    for (const app of [first, second, off, third, fourth]) await app.close()
  } finally {
    process.env.HOLDFAST_RUNNER = named
  }
})
