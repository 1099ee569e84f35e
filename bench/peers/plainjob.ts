// plainjob on better-sqlite3, as measured by bench/queue. It has no concurrency option: as many workers share one connection.
import { join } from 'node:path'
import type { MeasuredSystem, OpenSystem } from '../queue/measured-system.ts'
import { peer, silentLogger } from './peer.ts'

interface Database {
  pragma(text: string): unknown
}
interface Plainjob {
  better(database: Database): object
  defineQueue(options: { connection: object; logger: object }): Queue
  defineWorker(type: string, processor: (job: { data: string }) => void, options: { queue: Queue; logger: object }): Worker
}
interface Queue {
  add(type: string, data: unknown): { id: number }
  addMany(type: string, data: unknown[]): { ids: number[] }
  countJobs(of: { status: number }): number
  close(): void
}
interface Worker {
  start(): Promise<void>
  stop(): Promise<void>
}

const pending = 0
const processing = 1

/** `setting`: `NORMAL`, which it sets itself, or `FULL`, set on its connection afterwards. */
export const openSystem: OpenSystem = async ({ address, setting }) => {
  const { default: BetterSqlite } = await peer<{ default: new (file: string) => Database }>('better-sqlite3')
  const { better, defineQueue, defineWorker } = await peer<Plainjob>('plainjob')
  const database = new BetterSqlite(join(address, 'plainjob.db'))
  const queue = defineQueue({ connection: better(database), logger: silentLogger })
  database.pragma(`synchronous = ${setting}`)

  const system: MeasuredSystem = {
    async submit(sentAt) {
      queue.add('noop', { sentAt })
    },
    async submitBatch(size) {
      queue.addMany(
        'noop',
        Array.from({ length: size }, () => ({ sentAt: 0 })),
      )
    },
    async unsettled() {
      return queue.countJobs({ status: pending }) + queue.countJobs({ status: processing })
    },
    async work({ concurrency, onStart }) {
      const handle = (job: { data: string }) => onStart((JSON.parse(job.data) as { sentAt: number }).sentAt)
      const workers = Array.from({ length: concurrency }, () => defineWorker('noop', handle, { queue, logger: silentLogger }))
      const ended = workers.map((worker) => worker.start())
      return {
        async stop() {
          await Promise.all(workers.map((worker) => worker.stop()))
          await Promise.all(ended)
        },
      }
    },
    async close() {
      queue.close()
    },
  }
  return system
}
