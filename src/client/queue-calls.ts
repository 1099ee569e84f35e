// The part of the client that is about queues, lock keys and runners.
import type { Abortable, Ask } from './client.ts'
import type { Line } from './watch-view.ts'
import type { LockKeyView, QueueView, RunnerView } from './wire.ts'

export interface QueueCalls {
  /** By name. */
  queues(call?: Abortable): Promise<QueueView[]>
  /** Nothing more of it is started; what runs goes on. */
  pauseQueue(queue: string, request?: Ask): Promise<QueueView>
  resumeQueue(queue: string, request?: Ask): Promise<QueueView>
  /** How many of it may run at a time, on all machines together; null: any number. */
  setConcurrency(queue: string, concurrency: number | null, call?: Abortable): Promise<QueueView>
  /** Those that somebody holds or waits for, or that have a limit. */
  lockKeys(call?: Abortable): Promise<LockKeyView[]>
  /** How many running jobs may share the key; null: any number. */
  setLimit(key: string, limit: number | null, call?: Abortable): Promise<LockKeyView>
  /** The programs that look after jobs. */
  runners(call?: Abortable): Promise<RunnerView[]>
}

export function queueCalls({ transport }: Line): QueueCalls {
  const get = async <Answer>(path: string, { signal }: Abortable = {}) => (await transport.json(`api/v1/${path}`, { signal })) as Answer
  const post = async <Answer>(path: string, { signal, ...body }: Abortable) =>
    (await transport.json(`api/v1/${path}`, { method: 'POST', body, signal })) as Answer
  const pathOf = (queue: string) => `queues/${encodeURIComponent(queue)}`
  return {
    queues: async (call) => (await get<{ queues: QueueView[] }>('queues', call)).queues,
    pauseQueue: (queue, request = {}) => post(`${pathOf(queue)}/pause`, request),
    resumeQueue: (queue, request = {}) => post(`${pathOf(queue)}/resume`, request),
    setConcurrency: (queue, concurrency, call) => post(`${pathOf(queue)}/set-concurrency`, { ...call, ...{ concurrency } }),
    lockKeys: async (call) => (await get<{ lockKeys: LockKeyView[] }>('lock-keys', call)).lockKeys,
    setLimit: (key, limit, call) => post('lock-keys/set-limit', { ...call, ...{ key, limit } }),
    runners: async (call) => (await get<{ runners: RunnerView[] }>('runners', call)).runners,
  }
}
