// What bounds an attempt, on real processes: its time, its memory, its processor time; and what is told of processes that outlive their command.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { isLiving } from '../../test/contract/launched.ts'
import { openings, settled, textOf, written } from '../../test/contract/opened.ts'
import { until } from '../../test/contract/temporary.ts'
import { defineJob, type Holdfast, type JobDefinition } from '../index.ts'
import { closeInstance, openInstance } from './open-instance.ts'
import { newJob } from './submit.ts'

const silent = { info() {}, warn() {}, error() {} }

interface Script {
  script: string
}
const command = ({ script }: Script) => ['sh', '-c', script]
const hasty = defineJob<Script>({ kind: 'hasty', command, timeoutMs: 700, stopGraceMs: 300 })
const polite = defineJob<Script>({ kind: 'polite', command, timeoutMs: 1_500 })
const again = defineJob<Script>({ kind: 'again', command, timeoutMs: 1_500, stopGraceMs: 300, retry: { attempts: 2, delayMs: 0 } })
const slim = defineJob<Script>({ kind: 'slim', command, limits: { memoryBytes: 60_000_000 } })
const lazy = defineJob<Script>({ kind: 'lazy', command, limits: { cpuSeconds: 1 } })
const parent = defineJob<Script>({ kind: 'parent', command, leftovers: 'allow', stopGraceMs: 300, locks: ['door'] })
const kinds = [hasty, polite, again, slim, lazy, parent]

describe('an attempt that takes too long', () => {
  const { data, open } = openings('timeout')

  test('what its runner was killed with before it began is not counted', async () => {
    const instance = await openInstance({ data, kinds: [hasty], logger: silent, foldersReady: 0 })
    const { store, house } = instance
    const now = Date.now() - 600
    const job = await newJob(hasty as JobDefinition<unknown>, { script: 'sleep 0.3; echo done' }, { now })
    const gone = { ...house.place, runnerId: 'gone' }
    const claimed = await store.jobs.submitClaimed({ job: { ...job, after: [] }, place: gone, now })
    await closeInstance(instance, null)
    const holdfast = await open([hasty])
    const done = await settled(holdfast, claimed.job.id)
    assert.deepEqual([done.state, done.failure?.message, await textOf(holdfast, done.id)], ['succeeded', undefined, ['done']])
  })

  test('I11: is stopped and failed, with the phase and the last line it was at', async () => {
    const holdfast = await open(kinds)
    const script = `echo '{"phase":{"name":"Embed"}}' >> $HOLDFAST_EVENTS; echo frame 420; sleep 60`
    const { job } = await holdfast.submit(hasty, { script })
    assert.equal(job.timeoutMs, 700)
    const done = await settled(holdfast, job.id)
    const { kind, message, phase, lastLines, hint } = done.failure ?? assert.fail('no failure')
    assert.deepEqual(
      [done.state, kind, message, phase, lastLines, hint],
      ['failed', 'timeout', 'Took longer than 700 ms', 'Embed', ['frame 420'], undefined],
    )
    assert.deepEqual([done.stopReason, done.stopWhy, done.stopAskedBy], ['timeout', 'took longer than 700 ms', null])
    assert.ok((done.finishedAt ?? 0) - (done.startedAt ?? 0) >= 700)
    assert.ok((await textOf(holdfast, job.id, 'system')).includes('stopped: it took longer than 700 ms'))
  })

  test('is tried again when its policy says so; what ends well on TERM has succeeded', async () => {
    const holdfast = await open(kinds)
    const { job } = await holdfast.submit(again, { script: '[ $HOLDFAST_ATTEMPT = 2 ] || sleep 60' })
    const done = await settled(holdfast, job.id)
    assert.deepEqual([done.state, done.attempts, done.stopWhy], ['succeeded', 2, null])
    assert.equal((await holdfast.detail(job.id))?.history[0]?.failure?.kind, 'timeout')
    const asked = await holdfast.submit(polite, { script: 'trap "echo bye; exit 0" TERM; while :; do sleep 0.02; done' })
    assert.deepEqual([(await settled(holdfast, asked.job.id)).state, await textOf(holdfast, asked.job.id)], ['succeeded', ['bye']])
  })

  test('I11: whoever adopts it does not begin to count anew', async () => {
    const first = await open([defineJob<Script>({ kind: 'slow', command, timeoutMs: 2_500, stopGraceMs: 300 })])
    const { job } = await first.submit('slow', { script: 'echo ready; sleep 60' })
    await written(first, job.id, 1)
    const [since] = [(await first.get(job.id))?.startedAt ?? 0]
    await until('most of its time is over', () => Date.now() - since > 1_800)
    await first.close()
    const second = await open()
    const done = await settled(second, job.id)
    assert.deepEqual([done.state, done.failure?.message], ['failed', 'Took longer than 2 s'])
    assert.ok((await second.detail(job.id))?.history[0]?.adoptedAt, 'it was adopted')
    const stopped = (await second.detail(job.id))?.events.find(({ name }) => name === 'stop asked')?.at ?? 0
    assert.ok(stopped - since < 2_500 + 1_500, `stopped after ${stopped - since} ms, not after 1800 + 2500`)
  })
})

describe('an attempt that uses too much', () => {
  const { open } = openings('limits')

  test('of memory, in all its processes together: stopped, and told how much', async () => {
    const holdfast = await open(kinds)
    const hog = `node -e 'const all = []; setInterval(() => all.push(Buffer.alloc(4_000_000, 1)), 50)'`
    const { job } = await holdfast.submit(slim, { script: `${hog.replace('node', process.execPath)} & wait` })
    const done = await settled(holdfast, job.id, 30_000)
    assert.deepEqual([done.state, done.failure?.kind, done.stopReason], ['failed', 'limit', 'limit'])
    assert.match(done.failure?.message ?? '', /^Used more than 57 MB of memory \(\d+ MB in 2 processes\)$/)
  })

  test('of processor time, also of children that have ended', async () => {
    const holdfast = await open(kinds)
    const { job } = await holdfast.submit(lazy, { script: 'while :; do (i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done); done' })
    const done = await settled(holdfast, job.id, 60_000)
    assert.deepEqual([done.state, done.failure?.kind], ['failed', 'limit'])
    assert.match(done.failure?.message ?? '', /^Used more than 1 s of processor time/)
  })
})

describe('an attempt that the kernel kills', () => {
  const { open } = openings('kernel')
  const hog = (setUp: string) => `${setUp} exec ${process.execPath} -e 'const all = []; for (;;) all.push(Buffer.alloc(4_000_000, 1))'`

  test('for want of memory is told so, and one that is killed by somebody else is not', async (context) => {
    const holdfast = await open(kinds)
    const killed = await holdfast.submit('shell', { script: 'kill -9 $$' })
    assert.equal((await settled(holdfast, killed.job.id)).failure?.message, 'Killed by SIGKILL')
    const group = makeMemoryGroup(64_000_000)
    if (group === null)
      return context.diagnostic(
        'not tried: no group with a bound for memory can be made here (neither /sys/fs/cgroup/memory nor memory.max)',
      )
    const { job } = await holdfast.submit('shell', { script: hog(`echo $$ > ${group}/cgroup.procs;`) })
    const done = await settled(holdfast, job.id, 30_000)
    assert.deepEqual([done.state, done.exitCode], ['failed', 137])
    assert.match(done.failure?.message ?? '', /^Out of memory: the machine ran out of it, and the kernel most likely killed it$/)
    assert.match(done.failure?.hint ?? '', /limits\.memoryBytes/)
  })
})

/** A group whose processes together get so many bytes, where this machine lets us make one: of cgroup v1, or v2 at its root. Removed after the tests. */
function makeMemoryGroup(bytes: number): string | null {
  const [file, parent] = existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes')
    ? (['memory.limit_in_bytes', '/sys/fs/cgroup/memory'] as const)
    : (['memory.max', '/sys/fs/cgroup'] as const)
  const group = join(parent, `holdfast-test-${process.pid}`)
  try {
    mkdirSync(group)
    after(() => rmdirSync(group))
    writeFileSync(join(group, file), String(bytes))
    return group
  } catch {
    return null
  }
}

describe('telemetry', () => {
  const { data, open } = openings('telemetry')

  test('a sample soon after the start, more as it goes on, and an adopter goes on with the series', async () => {
    const first = await open(kinds)
    const { job } = await first.submit(parent, { script: 'sleep 60 & while :; do :; done' })
    const samples = async (holdfast: Holdfast) => (await holdfast.detail(job.id))?.history[0]?.telemetry?.samples ?? []
    await until('a sample', async () => (await samples(first)).length > 0)
    const [sample] = await samples(first)
    assert.ok(sample && sample.cpuPercent > 0 && sample.memoryBytes > 500_000 && sample.processes >= 1, JSON.stringify(sample))
    const { heartbeatAt } = (await first.get(job.id)) ?? assert.fail('gone')
    assert.equal(heartbeatAt, null, 'telemetry is no sign of life of the job')
    await first.close()
    const second = await open(kinds)
    const more = await until('the adopter adds to it', async () => ((await samples(second)).length > 1 ? samples(second) : null))
    assert.deepEqual(more[0], sample)
    await second.cancel(job.id)
    await settled(second, job.id)
  })

  test('I10: a process whose shim is gone is told as disconnected, followed, and interrupted when it ends', async () => {
    const holdfast = await open(kinds)
    const gate = join(data, 'gate')
    const { job } = await holdfast.submit(parent, { script: `echo $PPID; while [ ! -e ${gate} ]; do sleep 0.1; done` })
    const [line] = await written(holdfast, job.id, 1)
    const { pid } = (await holdfast.detail(job.id))?.history[0] ?? assert.fail('no attempt')
    assert.ok(pid !== null && line !== undefined)
    process.kill(pid, 'SIGKILL')
    const told = await until('it is told', async () =>
      (await holdfast.get(job.id))?.flags.includes('disconnected') ? holdfast.get(job.id) : null,
    )
    assert.deepEqual([told.state, told.flags], ['running', ['disconnected']])
    assert.match((await textOf(holdfast, job.id, 'system')).at(-1) ?? '', /^its launcher is gone, but/)
    writeFileSync(gate, '')
    const done = await settled(holdfast, job.id)
    assert.deepEqual([done.state, done.flags], ['interrupted', []])
  })
})

describe('processes that outlive their command', () => {
  const { data, open } = openings('leftovers')

  test('I3: where they are allowed the job goes on and keeps its keys; it settles with the recorded exit code when they are gone', async () => {
    const holdfast = await open(kinds)
    const gate = join(data, 'gate')
    const left = `while [ ! -e ${gate} ]; do sleep 0.1; done; echo late`
    const { job } = await holdfast.submit(parent, { script: `echo early; (${left}) & (${left}) & exit 0` })
    const told = await until('it is told', async () => ((await holdfast.get(job.id))?.flags.length ? holdfast.get(job.id) : null))
    assert.deepEqual([told.state, told.flags], ['running', ['leftovers']])
    await until('the line', async () =>
      (await textOf(holdfast, job.id, 'system')).some((text) => /^exit 0; \d process.* that it left behind still run/.test(text)),
    )
    const other = await holdfast.submit(parent, { script: 'true' })
    assert.equal((await holdfast.get(other.job.id))?.state, 'queued')
    writeFileSync(gate, '')
    const done = await settled(holdfast, job.id)
    assert.deepEqual([done.state, done.exitCode, done.flags], ['succeeded', 0, []])
    assert.deepEqual(await textOf(holdfast, job.id), ['early', 'late', 'late'])
    assert.equal((await settled(holdfast, other.job.id)).state, 'succeeded')
    await holdfast.close()
  })

  test('I3 I11: the next runner waits for them too; a cancel stops them, and the exit code that was recorded stands', async () => {
    const first = await open(kinds)
    const { job } = await first.submit(parent, { script: 'sleep 60 & echo $!; exit 3' })
    const [pid] = (await written(first, job.id, 1)).map(Number)
    await until('it is told', async () => (await first.get(job.id))?.flags.length)
    const before = (await first.detail(job.id))?.history[0]?.runnerId
    await first.close()
    const second = await open(kinds)
    await until('another runner looks after it', async () => (await second.detail(job.id))?.history[0]?.runnerId !== before)
    assert.ok(pid && isLiving(pid))
    assert.deepEqual((await second.get(job.id))?.flags, ['leftovers'])
    await second.cancel(job.id)
    const done = await settled(second, job.id)
    assert.deepEqual([done.state, done.exitCode, isLiving(pid)], ['cancelled', 3, false])
  })
})
