// The table of processes, by both ways of looking, against processes whose family is known.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, test } from 'node:test'
import { until } from '../../test/contract/temporary.ts'
import { parsePsLine, parseStat, processNow, processTable, type TableSource } from './process-table.ts'

const started: ChildProcess[] = []
after(() => {
  for (const child of started) child.kill('SIGKILL')
})

/** The other one in process-table.long.test.ts. */
const sources = (process.env.TABLE_SOURCE ?? 'proc').split(',') as TableSource[]

for (const source of sources)
  describe(`the table of processes by ${source}`, () => {
    test('a child is there with its parent, group, session and memory, and gone after its end', async () => {
      const child = spawn('/bin/sh', ['-c', 'echo; sleep 100; :'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
      started.push(child)
      await once(child.stdout, 'data')
      const pid = child.pid!
      const table = await processTable(source)
      const row = table.get(pid)
      assert.partialDeepStrictEqual(row, { pid, parent: process.pid, group: pid, session: pid })
      assert.ok(row && row.residentBytes > 100_000 && row.residentBytes < 100_000_000, `${row?.residentBytes} bytes`)
      const grandchild = await until('the sleep', async () =>
        [...(await processTable(source)).values()].find(({ parent }) => parent === pid),
      )
      assert.partialDeepStrictEqual(grandchild, { group: pid, session: pid })
      assert.equal((await processTable(source)).get(pid)?.startedAt, row.startedAt)
      process.kill(-pid, 'SIGKILL')
      await until('its end', async () => !(await processTable(source)).has(pid))
    })

    test('processor time is told: of a busy one it grows, of a sleeping one it does not', async () => {
      const busy = spawn('/bin/sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' })
      const idle = spawn('/bin/sleep', ['100'], { stdio: 'ignore' })
      started.push(busy, idle)
      const used = async ({ pid }: ChildProcess) => (await processTable(source)).get(pid!)?.processorMs
      await until('a second of it', async () => ((await used(busy)) ?? 0) >= 1_000, 60_000)
      assert.ok(Number(await used(idle)) < 500)
      busy.kill('SIGKILL')
    })

    test('a look that is asked for while one is under way is shared, and begins after it was asked for', async () => {
      const first = processTable(source)
      const child = spawn('/bin/sleep', ['100'], { stdio: 'ignore' })
      started.push(child)
      const later = Array.from({ length: 100 }, () => processTable(source))
      assert.equal(new Set(later).size, 1)
      assert.notEqual(later[0], first)
      assert.ok((await later[0])?.has(child.pid!))
      await first
    })
  })

test('both ways agree on memory and time of this process', async () => {
  const [proc, ps] = [(await processTable('proc')).get(process.pid), (await processTable('ps')).get(process.pid)]
  assert.ok(proc && ps)
  assert.ok(Math.abs(proc.residentBytes - ps.residentBytes) < proc.residentBytes / 2, `${proc.residentBytes}, ${ps.residentBytes}`)
  assert.ok(Math.abs(proc.residentBytes - process.memoryUsage.rss()) < proc.residentBytes / 2)
  assert.deepEqual([ps.parent, ps.group, ps.session], [proc.parent, proc.group, proc.session])
})

test('a name with brackets and line ends, and what macOS prints, are read', () => {
  const tail = `S 7 8 9 0 -1 4194304 1 2 3 4 5 6 0 0 20 0 1 0 4711 100 25 ${'0 '.repeat(20)}`
  assert.partialDeepStrictEqual(parseStat(5, `5 (a) Z 1\n) ${tail}`), {
    state: 'S',
    parent: 7,
    group: 8,
    session: 9,
    startedAt: '4711',
    processorMs: 110,
  })
  assert.equal(parseStat(5, ''), null)
  assert.deepEqual(parsePsLine('  501     1   501 0x0 Ss     2048  62:03.04 Sat Nov 28 14:21:45 2026'), {
    pid: 501,
    parent: 1,
    group: 501,
    session: 0,
    state: 'S',
    startedAt: 'Sat Nov 28 14:21:45 2026',
    processorMs: 3_723_040,
    residentBytes: 2_097_152,
    waitedMs: null,
  })
  assert.equal(parsePsLine(' 5 1 1 1 S 0 1-02:03:04 x')?.processorMs, 93_784_000)
  assert.equal(parsePsLine(''), null)
})

test('one process now: nobody for a number that is free', () => {
  assert.equal(processNow(process.pid)?.parent, process.ppid)
  assert.equal(processNow(2 ** 30), null)
})
