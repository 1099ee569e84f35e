// Queues, kinds and lock keys as people set them: pause, limits. Each call is a line on the store after a check.
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'
import { checkBy, checkLimit, checkName, checkOptions, wrongKey } from './checks.ts'
import type { By, Holdfast } from './holdfast.ts'
import type { Instance } from './instance.ts'

export function queueControl({ store, house }: Instance): Pick<Holdfast, 'queues' | 'locks' | 'pauseKind' | 'resumeKind'> {
  const now = () => house.clock.now()
  async function pauseQueue(queue: string, paused: boolean, asked: By | undefined): Promise<void> {
    await store.queues.setQueue({ queue: checkName({ field: 'queue' }, queue), paused, by: checkBy(asked), now: now() })
  }
  async function pauseKind(kind: string, paused: boolean, asked: By | undefined): Promise<void> {
    await store.queues.setKind({ kind: checkName({ field: 'kind' }, kind), paused, by: checkBy(asked), now: now() })
  }
  return {
    queues: {
      list: async () => (await store.queues.list()).queues,
      pause: (queue, by) => pauseQueue(queue, true, by),
      resume: (queue, by) => pauseQueue(queue, false, by),
      async setConcurrency(queue, most) {
        const concurrency = checkLimit({ field: 'concurrency' }, most)
        await store.queues.setQueue({ queue: checkName({ field: 'queue' }, queue), concurrency, by: null, now: now() })
      },
    },
    locks: {
      list: () => store.queues.lockKeys({ limit: limits.listPage }),
      async setLimit(key, most) {
        const limit = checkLimit({ field: 'limit' }, most)
        await store.queues.setLimit({ key: checkKey(key), limit, now: now() })
        return (await store.queues.lockKeys({ limit: 1, key }))[0] ?? { key, limit, heldBy: [], waiting: 0 }
      },
    },
    pauseKind: (kind, by) => pauseKind(kind, true, by),
    resumeKind: (kind, by) => pauseKind(kind, false, by),
  }
}

/** As the app names them at opening. @throws HoldfastError `invalid_config` that names the field */
export async function storeQueues(instance: Instance, queues: Record<string, { concurrency: number | null }>): Promise<void> {
  const { setConcurrency } = queueControl(instance).queues
  const code = 'invalid_config'
  const checked = Object.entries(queues).map(([queue, options]): [string, number | null] => {
    checkName({ field: 'queues', code }, queue)
    checkOptions({ of: 'a queue', within: `queues.${queue}`, code }, options, { concurrency: true })
    return [queue, checkLimit({ field: `queues.${queue}.concurrency`, code }, options?.concurrency)]
  })
  for (const [queue, concurrency] of checked) await setConcurrency(queue, concurrency)
}

function checkKey(key: string): string {
  const wrong = wrongKey(key)
  if (wrong === null) return key
  throw new HoldfastError('invalid_request', `key ${wrong}.`, { details: { field: 'key' } })
}
