// graphile-worker, as measured by bench/queue: the batching set-up of its own performance page, which is far faster than its defaults.
import type { MeasuredSystem, OpenSystem } from '../queue/measured-system.ts'
import { peer } from './peer.ts'

interface Graphile {
  Logger: new (factory: () => (level: string, message: string) => void) => object
  makeWorkerUtils(options: { connectionString: string; maxPoolSize: number; logger: object }): Promise<Utils>
  run(options: object): Promise<{ stop(): Promise<void> }>
}
interface Utils {
  migrate(): Promise<void>
  addJob(task: string, payload: object): Promise<unknown>
  addJobs(jobs: { identifier: string; payload: object }[]): Promise<unknown>
  release(): Promise<void>
}
interface Client {
  connect(): Promise<void>
  query(text: string): Promise<{ rows: { count: string }[] }>
  end(): Promise<void>
}

/** Its own default for the pool is 10. */
const connections = 10

/** `setting` is not used: synchronous_commit is the server's. */
export const openSystem: OpenSystem = async ({ address }) => {
  const { Logger, makeWorkerUtils, run } = await peer<Graphile>('graphile-worker')
  const { default: pg } = await peer<{ default: { Client: new (address: string) => Client } }>('pg')
  const logger = new Logger(() => (level, message) => {
    if (level === 'error') console.error(message)
  })
  const own = { connectionString: address, maxPoolSize: connections }
  const utils = await makeWorkerUtils({ ...own, logger })
  await utils.migrate()
  const counting = new pg.Client(address)
  await counting.connect()

  const system: MeasuredSystem = {
    async submit(sentAt) {
      await utils.addJob('noop', { sentAt })
    },
    async submitBatch(size) {
      await utils.addJobs(Array.from({ length: size }, () => ({ identifier: 'noop', payload: { sentAt: 0 } })))
    },
    async unsettled() {
      const { rows } = await counting.query('select count(*) from graphile_worker._private_jobs')
      return Number(rows[0]?.count)
    },
    async work({ concurrency, onStart }) {
      const noop = async (payload: { sentAt: number }) => onStart(payload.sentAt)
      return await run({
        ...own,
        taskList: { noop },
        noHandleSignals: true,
        logger,
        preset: { worker: { concurrentJobs: concurrency, localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      })
    },
    async close() {
      await utils.release()
      await counting.end()
    },
  }
  return system
}
