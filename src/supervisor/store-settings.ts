// Queues, schedules and notifications as the app wants them, written down at opening.
import type { ScheduleOptions } from './holdfast.ts'
import type { Instance } from './instance.ts'
import type { NotifyOptions } from './notification-types.ts'
import { putTarget } from './notifications.ts'
import { storeQueues } from './queues.ts'
import { putSchedule } from './schedules.ts'

export interface Settings {
  queues?: Record<string, { concurrency: number | null }>
  schedules?: readonly ScheduleOptions[]
  notify?: readonly NotifyOptions[]
}

export async function storeSettings(instance: Instance, { queues = {}, schedules = [], notify = [] }: Settings): Promise<void> {
  await storeQueues(instance, queues)
  for (const schedule of schedules) await putSchedule(instance, schedule)
  for (const target of notify) await putTarget(instance, target, { revives: false })
}
