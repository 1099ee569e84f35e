// Queues and schedules as the app wants them, written down at opening.
import type { ScheduleOptions } from './holdfast.ts'
import type { Instance } from './instance.ts'
import { storeQueues } from './queues.ts'
import { putSchedule } from './schedules.ts'

export interface Settings {
  queues?: Record<string, { concurrency: number | null }>
  schedules?: readonly ScheduleOptions[]
}

export async function storeSettings(instance: Instance, { queues = {}, schedules = [] }: Settings): Promise<void> {
  await storeQueues(instance, queues)
  for (const schedule of schedules) await putSchedule(instance, schedule)
}
