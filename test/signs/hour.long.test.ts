// I10: an hour with five jobs that look dead or are not, in virtual time: each is told in the right words within its limit, and nothing else is
// said or done. Production store and runner on the fake launcher; the clock jumps, the machine sleeps, the runner freezes.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { stalledWords } from '../../src/core/stall-words.ts'
import { makeDataFolder } from '../../src/runner/data-folder.ts'
import type { House } from '../../src/runner/house.ts'
import { readLog } from '../../src/runner/read-log.ts'
import { openRunner } from '../../src/runner/runner.ts'
import { systemClock } from '../../src/runner/system-clock.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { NewJob } from '../../src/store/store.ts'
import { type After, clockOn } from '../../src/testing/fake-clock.ts'
import { fakeLauncher } from '../../src/testing/fake-launcher.ts'
import { fakeMachine } from '../../src/testing/fake-machine.ts'
import type { FakeScript } from '../../src/testing/fake-script.ts'
import { timeline } from '../../src/testing/timeline.ts'
import { newJob, spec } from '../contract/store/stores.ts'
import { temporaryFolder } from '../contract/temporary.ts'

const data = temporaryFolder('hour')
let worlds = 0

const minuteMs = 60_000
const stallAfterMs = 3 * minuteMs

const silent = (line: string, does: Partial<FakeScript>): FakeScript => ({ steps: [{ stdout: `${line}\n` }], endsAfterMs: null, ...does })
const scripts: Record<string, FakeScript> = {
  'prints for ever': {
    steps: Array.from({ length: 400 }, (_, index) => ({ afterMs: 20_000, stdout: `still here ${index}\n` })),
    endsAfterMs: null,
    cpuPercent: 3,
  },
  'silent but busy': silent('computing', { cpuPercent: 97 }),
  'silent and idle': silent('waiting', {}),
  stopped: silent('paused now', { doing: 'paused' }),
  'blocked event loop': silent('about to compute', { cpuPercent: 100, doing: 'running' }),
}
const words: Record<string, RegExp> = {
  'silent but busy': /^busy, 97 % CPU, silent for (.*); last line: computing$/,
  'silent and idle': /^alive, 0 % CPU, silent for (.*); last line: waiting$/,
  stopped: /^paused by a signal \(SIGSTOP\), silent for (.*); last line: paused now$/,
  'blocked event loop': /^busy, 100 % CPU, silent for (.*); last line: about to compute$/,
}

/** At that minute something happens to the world. */
type Upsets = Record<number, (world: World) => void>

const upsets: Record<string, Upsets> = {
  'with nothing in the way': {},
  // A machine that sleeps is a clock that is ahead when it wakes; nothing ticked meanwhile.
  'in which the clock is set an hour forward and back, the machine sleeps and the runner is frozen, before anybody is told and after': {
    1: (world) => world.setClock(60 * minuteMs),
    2: (world) => world.freeze(10 * minuteMs),
    12: (world) => world.setClock(0),
    20: (world) => world.setClock(30 * minuteMs),
    30: (world) => world.freeze(10 * minuteMs),
    45: (world) => world.setClock(-60 * minuteMs),
  },
}

for (const [name, happenings] of Object.entries(upsets))
  test(`I10: an hour ${name}: the right words within the limit, and no other verdict`, async () => {
    const world = await openWorld()
    const ids = await world.submit(Object.keys(scripts))
    const toldAt = new Map<number, number>()
    for (let minute = 0; minute < 60; minute++) {
      happenings[minute]?.(world)
      await world.pass(minuteMs)
      for (const id of ids) if (!toldAt.has(id) && (await world.job(id)).stalled) toldAt.set(id, minute + 1)
    }
    for (const [index, kind] of Object.keys(scripts).entries()) {
      const id = ids[index]!
      const job = await world.job(id)
      assert.deepEqual([kind, job.state, job.attempts, job.failure, job.stopReason], [kind, 'running', 1, null, null])
      const system = (await readLog(world.house, { jobId: id, before: job.logLines + 1, limit: 100, streams: ['system'] })).map(
        ({ text }) => text.replace(/pid \d+/, 'pid'),
      )
      const wanted = words[kind]
      if (!wanted) {
        assert.deepEqual([kind, job.flags, job.stalled, system], [kind, [], null, ['attempt 1 started, pid']])
        continue
      }
      // What a frozen runner does not see it cannot tell; a look is due every second of the others.
      const limit = world.frozenMs() > 0 ? 14 : 4
      assert.ok((toldAt.get(id) ?? 99) <= limit, `${kind}: told after ${toldAt.get(id)} min`)
      assert.deepEqual([kind, job.flags], [kind, ['stalled']])
      const said = wanted.exec(stalledWords(job.stalled!)) ?? assert.fail(`${kind}: ${stalledWords(job.stalled!)}`)
      assert.match(said[1]!, world.frozenMs() > 0 ? /^(39|40) min/ : /^(59|60) min/, 'silence is what somebody looked at')
      assert.deepEqual([kind, system.length, system[0]], [kind, 2, 'attempt 1 started, pid'])
      assert.match(wanted.exec(system[1]!.replace('stalled: ', ''))?.[1] ?? system[1]!, /^3 min( [0-2] s)?$/)
    }
    assert.deepEqual(world.told, [], 'nor is anything told of the runner')
    await world.close()
  })

type World = Awaited<ReturnType<typeof openWorld>>

async function openWorld() {
  const time = timeline()
  const startAt = Date.UTC(2026, 0, 1)
  let [aheadMs, frozenUntil, frozenMs] = [0, 0, 0]
  const now = () => startAt + time.now() + aheadMs
  const machineClock = clockOn(now, (ms, act) => time.at(time.now() + ms, act))
  // What is due while the runner is frozen comes when it goes on.
  const after: After = (ms, act) => {
    let callOff = time.at(time.now() + ms, fire)
    function fire(): void {
      if (time.now() < frozenUntil) callOff = time.at(frozenUntil, fire)
      else act()
    }
    return () => callOff()
  }
  const runnerClock = clockOn(now, after)
  const clock = {
    ...runnerClock,
    sleep: (ms: number, signal?: AbortSignal) => (ms > 0 ? runnerClock.sleep(ms, signal) : systemClock.sleep(0, signal)),
  }
  const folder = makeDataFolder(join(data, String(++worlds)))
  const told: string[] = []
  const machine = fakeMachine({ clock: machineClock, program: ({ argv }) => scripts[argv[0] ?? ''] ?? null })
  const closing = new AbortController()
  const store = await openStore({ folder: folder.root, database: ':memory:', clock })
  const house: House = {
    store,
    launcher: fakeLauncher({ machine, clock, attempts: folder.attempts, hint: (listener) => void after(0, listener) }),
    clock,
    folder,
    place: { runnerId: 'runner', hostId: 'host', bootId: 'boot' },
    logger: { info() {}, warn: (message) => void told.push(message), error: (message) => void told.push(message) },
    closing: closing.signal,
    random: () => 0.5,
  }
  const runner = await openRunner(house, { kinds: ['hour'], slots: 10, adopts: 'all' })

  async function pass(ms: number): Promise<void> {
    const until = time.now() + ms
    for (let at = time.nextAt(); at !== null && at <= until; at = time.nextAt()) {
      time.next()
      // What falls on one instant is one group for the store.
      if (time.nextAt() !== at) for (let turns = 0; turns < 2; turns++) await turn()
    }
    time.skipTo(until)
  }

  return {
    house,
    told,
    pass,
    setClock(ms: number) {
      aheadMs = ms
    },
    freeze(ms: number) {
      frozenUntil = time.now() + ms
      frozenMs += ms
    },
    frozenMs: () => frozenMs,
    job: async (id: number) => (await store.jobs.get({ id })) ?? assert.fail(),
    async submit(names: readonly string[]) {
      const submitted = await store.jobs.submit({ jobs: names.map((name) => hourJob(name, now())), now: now() })
      return submitted.map((one) => ('job' in one ? one.job.id : assert.fail()))
    },
    async close() {
      closing.abort(new Error('closed'))
      let isClosed = false
      const closed = runner.close().finally(() => {
        isClosed = true
      })
      while (!isClosed) await pass(1_000)
      await closed
      await store.close()
    },
  }
}

function hourJob(name: string, now: number): NewJob {
  const stall = { stallAfterMs, firstHeartbeatWithinMs: null, heartbeats: 'any', onStall: 'warn', stallLimitMs: 5 * stallAfterMs } as const
  return newJob({ kind: 'hour', name, spec: { ...spec, run: { type: 'command', argv: [name] }, stall }, availableAt: now })
}
