// BullMQ, as measured by bench/queue: its defaults, completed jobs kept.
import type { MeasuredSystem, OpenSystem } from '../queue/measured-system.ts'
import { peer } from './peer.ts'

interface BullMq {
  Queue: new (name: string, options: { connection: object }) => Queue
  Worker: new (
    name: string,
    processor: (job: { data: { sentAt: number } }) => Promise<void>,
    options: { connection: object; concurrency: number },
  ) => Worker
}
interface Queue {
  add(name: string, data: object): Promise<unknown>
  addBulk(jobs: { name: string; data: object }[]): Promise<unknown>
  getJobCounts(...states: string[]): Promise<Record<string, number>>
  waitUntilReady(): Promise<unknown>
  close(): Promise<void>
}
interface Worker {
  waitUntilReady(): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): void
  close(): Promise<void>
}

/** `setting` is not used: appendfsync is the server's. `address`: host:port. */
export const openSystem: OpenSystem = async ({ address }) => {
  const { Queue, Worker } = await peer<BullMq>('bullmq')
  const [host, port] = address.split(':')
  const connection = { host, port: Number(port), maxRetriesPerRequest: null }
  const queue = new Queue('noop', { connection })
  await queue.waitUntilReady()

  const system: MeasuredSystem = {
    async submit(sentAt) {
      await queue.add('noop', { sentAt })
    },
    async submitBatch(size) {
      await queue.addBulk(Array.from({ length: size }, () => ({ name: 'noop', data: { sentAt: 0 } })))
    },
    async unsettled() {
      const counts = await queue.getJobCounts('wait', 'active', 'delayed', 'prioritized', 'paused')
      return Object.values(counts).reduce((sum, count) => sum + count, 0)
    },
    async work({ concurrency, onStart }) {
      const worker = new Worker('noop', async (job) => onStart(job.data.sentAt), { connection, concurrency })
      worker.on('error', (error) => console.error(error.message))
      await worker.waitUntilReady()
      return { stop: () => worker.close() }
    },
    close: () => queue.close(),
  }
  return system
}
