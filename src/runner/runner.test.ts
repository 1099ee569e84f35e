// A runner's own life on the real store and launcher: trouble with one job harms nobody else, closing lets go of everything.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { newJob, submit as submitTo } from '../../test/contract/store/stores.ts'
import { temporaryFolder, until } from '../../test/contract/temporary.ts'
import { findCgroupBase } from '../launch/cgroup.ts'
import { detachedLauncher } from '../launch/detached.ts'
import type { KillTier } from '../launch/launcher.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { makeDataFolder } from './data-folder.ts'
import type { House } from './house.ts'
import { makeHouse } from './open-house.ts'
import { openRunner } from './runner.ts'
import { systemClock } from './system-clock.ts'

const closers: (() => Promise<void>)[] = []
after(async () => {
  for (const close of closers) await close()
})

/** A runner on a folder of its own; `around` may stand between it and the store. */
async function running(options: { around?: (store: Store) => Store; change?: (house: House) => House; data?: string } = {}) {
  const folder = makeDataFolder(options.data ?? temporaryFolder('runner'))
  const store = await openStore({ folder: folder.root, clock: systemClock })
  const closing = new AbortController()
  const told: string[] = []
  const logger = { info() {}, warn: (message: string) => void told.push(message), error: (message: string) => void told.push(message) }
  const seenStore = options.around?.(store) ?? store
  const house = makeHouse({
    store: seenStore,
    folder,
    clock: systemClock,
    logger,
    closing: closing.signal,
    sharesDatabase: false,
    foldersReady: 2,
  })
  const runner = await openRunner(options.change?.(house) ?? house, { kinds: ['rebuild'], slots: 4, adopts: 'all' })
  let runnerClosed: Promise<void> | null = null
  let closed: Promise<void> | null = null
  const closeRunner = () => {
    closing.abort(new Error('closed'))
    runnerClosed ??= runner.close()
    return runnerClosed
  }
  const close = () => {
    closed ??= closeRunner().then(() => store.close())
    return closed
  }
  closers.push(close)
  const submit = (...argv: string[]) =>
    submitTo(store, { spec: { ...newJob().spec, run: { type: 'command', argv } }, availableAt: Date.now() }, Date.now())
  return { folder, store, told, closeRunner, close, submit }
}

const stopped = [
  ...(findCgroupBase() === null ? [] : ([{ killTier: 'cgroup', way: 'its shim killed', proven: true }] as const)),
  { killTier: 'subreaper', way: 'as ever', proven: true },
  { killTier: 'subreaper', way: 'its shim killed', proven: false },
  { killTier: 'marks', way: 'as ever', proven: false },
  { killTier: 'group', way: 'as ever', proven: false },
] as const

function launcherOf({ folder, place }: House, killTier: KillTier) {
  const { attempts, runners } = folder
  return detachedLauncher({ attempts, runners, pool: join(runners, place.runnerId, 'ready'), ready: 1, killTier })
}

describe('a runner', () => {
  test('I1: an error at the end of a job is told and tried again, and leaves the event loop to everybody else meanwhile', async () => {
    let ticks = 0
    const tick = setInterval(() => ticks++, 1)
    const ticksAt: number[] = []
    const { store, told, submit, close } = await running({
      around: (real) => ({
        ...real,
        claims: {
          ...real.claims,
          // Trouble that lasts a while; not for ever, because a runner that spins would not let this test end.
          finish: (options) => (ticksAt.push(ticks) < 8 ? Promise.reject(new Error('trouble')) : real.claims.finish(options)),
        },
      }),
    })
    const { job } = await submit('true')
    await until('the job settled', async () => (await store.jobs.get({ id: job.id }))?.state === 'succeeded', 30_000)
    clearInterval(tick)
    assert.equal(ticksAt.length, 8)
    for (const [index, at] of ticksAt.entries())
      if (index > 0) assert.ok(at > ticksAt[index - 1]!, `no timer ran between tries ${index} and ${index + 1}`)
    assert.ok(told.some((message) => /trouble/.test(message)))
    await close()
  })

  test('one job in trouble does not keep another waiting', async () => {
    let isTrouble = true
    const { store, told, submit, close } = await running({
      around: (real) => ({
        ...real,
        claims: {
          ...real.claims,
          observe: (options) =>
            options.fence.jobId === 1 && isTrouble ? Promise.reject(new Error('trouble')) : real.claims.observe(options),
        },
      }),
    })
    await submit('sleep', '0.5')
    const { job } = await submit('true')
    await until('the other job settled', async () => (await store.jobs.get({ id: job.id }))?.state === 'succeeded')
    await until('the trouble was told', () => told.some((message) => /trouble/.test(message)))
    isTrouble = false
    await store.jobs.askStop({ id: 1, by: null, now: Date.now() })
    await until('the first one too', async () => (await store.jobs.get({ id: 1 }))?.finishedAt)
    await close()
  })

  test('closing waits for what was claimed in the last moment: nothing is started after it', async () => {
    const claimed = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const launching = { now: 0, after: 0 }
    let over = false
    const { submit, close, closeRunner } = await running({
      around: (real) => ({
        ...real,
        claims: {
          ...real.claims,
          async claim(options) {
            const answer = await real.claims.claim(options)
            if (answer.claimed.length === 0) return answer
            claimed.resolve()
            await goOn.promise
            return answer
          },
        },
      }),
      change: (house) => ({
        ...house,
        launcher: {
          ...house.launcher,
          async prepare(name) {
            launching.now++
            if (over) launching.after++
            return house.launcher.prepare(name).finally(() => launching.now--)
          },
        },
      }),
    })
    await submit('true')
    await claimed.promise
    const closed = closeRunner()
    goOn.resolve()
    await closed
    over = true
    assert.equal(launching.now, 0, 'closed, but still starting a job')
    await close()
    assert.equal(launching.after, 0)
  })

  test('I13: a closed runner leaves no row and no folder of its own', async () => {
    const { folder, store, submit, closeRunner } = await running()
    const { job } = await submit('true')
    await until('the job settled', async () => (await store.jobs.get({ id: job.id }))?.finishedAt)
    await closeRunner()
    assert.deepEqual([await store.runners.list(), readdirSync(folder.runners)], [[], []])
    assert.deepEqual(
      readdirSync(folder.attempts, { recursive: true }).some((name) => String(name).includes('staging')),
      false,
    )
  })

  test('I13: a runner that a moved folder brings along from another machine is forgotten: its kinds must not seem to be known', async () => {
    const first = await running()
    const before = { runnerId: 'of-before', hostId: 'another machine', bootId: 'b', pid: 1, startedAt: 1, leaseUntil: 1, kinds: ['lost'] }
    await first.store.runners.register({ runner: before })
    const second = await running({ data: first.folder.root })
    await until('it was forgotten', async () => !(await second.store.runners.list()).some(({ runnerId }) => runnerId === 'of-before'))
    await Promise.all([first.close(), second.close()])
  })

  for (const { killTier, way, proven } of stopped)
    test(`I3: a stop on the tier ${killTier}, ${way}: ${proven ? 'nothing is said of a doubt' : 'it is said that it is no proof'}`, async () => {
      const { store, submit, close } = await running({
        change: (house) => ({ ...house, launcher: launcherOf(house, killTier) }),
      })
      const { job } = await submit('sh', '-c', `${way === 'its shim killed' ? 'kill -9 $PPID; ' : ''}echo ready; exec sleep 60`)
      await until('its line', async () => ((await store.jobs.get({ id: job.id }))?.logLines ?? 0) >= 2)
      await store.jobs.askStop({ id: job.id, by: null, now: Date.now() })
      const ended = await until('its end', async () => {
        const now = await store.jobs.get({ id: job.id })
        return now?.finishedAt ? now : null
      })
      const last = (await store.logs.blocks({ jobId: job.id, after: ended.logLines - 1, limit: 1 }))[0]?.body ?? ''
      assert.equal(ended.state, 'cancelled')
      assert.equal(last.endsWith('(nothing of it is seen any more; on this machine that is no proof, see holdfast doctor)'), !proven, last)
      assert.equal(ended.failure?.hint !== undefined, !proven)
      await close()
    })

  test('I4: two runners on one folder: fifty jobs, each started once', async () => {
    const first = await running()
    const second = await running({ data: first.folder.root })
    const submitted = await Promise.all(Array.from({ length: 50 }, () => first.submit('echo', 'ran')))
    await until('all settled', async () => (await first.store.jobs.count()).succeeded === submitted.length, 30_000)
    for (const { job } of submitted) {
      const { files } = await first.store.jobs.detail({ id: job.id, events: 1 })
      assert.deepEqual(
        files.map(({ stdout }) => stdout.bytes),
        [4],
      )
    }
    await Promise.all([first.close(), second.close()])
  })
})
