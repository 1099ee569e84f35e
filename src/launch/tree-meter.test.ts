// What trees use, by each source of the table on the same real processes: as /proc tells it, and as `ps` does, which is all that macOS has.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Attempt, lines, openLaunching } from '../../test/contract/launched.ts'
import { until } from '../../test/contract/temporary.ts'
import { processTable, type TableSource } from './process-table.ts'
import { treeMeter } from './tree-meter.ts'

const { sh } = openLaunching('tree-meter')

/** The other one in process-table.long.test.ts. */
const sources = (process.env.TABLE_SOURCE ?? 'proc').split(',') as TableSource[]

for (const source of sources)
  describe(`a tree measured by ${source}`, () => {
    test('its processes, their memory together and the time they took, not those of another', async () => {
      const hog = `'${process.execPath}' -e 'globalThis.kept = Buffer.alloc(60_000_000, 1); console.log("kept"); setInterval(() => {}, 1_000)'`
      const busy = await sh(`${hog} & while :; do :; done`)
      const idle = await sh('sleep 60 & echo ready; wait')
      await Promise.all([lines(busy, 1), lines(idle, 1)])
      const measure = treeMeter(source)
      const look = async () => {
        const asked = await Promise.all([busy, idle].map((attempt) => asToldBy(source, attempt)))
        const [first, second] = await measure(asked)
        return first && second ? ([first, second] as const) : assert.fail('not measured')
      }
      // `ps` tells time in whole seconds.
      const [first, second] = await until(
        'processor time',
        async () => {
          const seen = await look()
          return seen[0].processorMs >= 2_000 ? seen : null
        },
        60_000,
      )
      assert.deepEqual([first.processes, second.processes], [2, 2])
      assert.deepEqual([first.hasShim, second.hasShim, first.doing, second.doing], [true, true, 'running', 'sleeping'])
      const [most, least] = [first.memoryBytes / 1e6, second.memoryBytes / 1e6]
      assert.ok(most > 90 && most < 400, `${most} MB: a Node with 60 MB and a shell`)
      assert.ok(least > 0.5 && least < 20, `${least} MB: a shell and a sleep`)
      assert.ok(second.processorMs < 1_000, `${second.processorMs} ms by who sleeps`)
      const [later] = await until(
        'more of it',
        async () => {
          const seen = await look()
          return seen[0].processorMs >= first.processorMs + 1_000 ? seen : null
        },
        60_000,
      )
      // No process but the shell and Node works: no more than two processors' time can have passed.
      assert.ok(later.processorMs - first.processorMs <= 2 * (later.takenMs - first.takenMs) + 2_000, 'more than can be')
    })
  })

/** Each source has its own words for when a process began: a launcher compares what it wrote down with the same source. */
async function asToldBy(source: TableSource, { folder, mark, process: shim }: Attempt) {
  const row = shim === null ? undefined : (await processTable(source)).get(shim.pid)
  const process = row === undefined ? null : { pid: row.pid, startedAt: row.startedAt }
  return { folder, mark, process, closelyFromBytes: null }
}
