// Notifications as the library tells them: types only.
import type { NotifyEvent, TargetType } from '../core/notification.ts'
import type { NotificationTarget, NotificationTest } from '../core/views.ts'

export type { NotificationTarget, NotificationTest } from '../core/views.ts'

/** Whom to tell, and of what. */
export interface NotifyOptions {
  /** Names the target: storing it again changes it. */
  name: string
  type: TargetType
  /** Of a webhook, or of a topic of ntfy such as `https://ntfy.sh/my-topic`. */
  url: string
  /** What a webhook is signed with (`whsec_…`), or the access token of ntfy. Default: the one it has stays; null: none. */
  secret?: string | null
  /** Default: `failed`, `stalled`, `interrupted`. There is `succeeded` as well. */
  events?: readonly NotifyEvent[]
  /** Default: of jobs of every kind. */
  kinds?: readonly string[]
}

/** Whom to tell of jobs. Targets are stored: whoever settles a job writes down what is to be told, and some runner sends it, at least once. */
export interface Notifications {
  list(): Promise<NotificationTarget[]>
  /** Stores it, or changes what is stored under its name. One that was switched off is told again. @throws HoldfastError `invalid_input` that names the field */
  put(target: NotifyOptions): Promise<NotificationTarget>
  /** Forgets it, and what was still to be told it. @throws HoldfastError `notification_not_found` */
  remove(name: string): Promise<void>
  /** Sends a test now. @throws HoldfastError `notification_not_found` */
  test(name: string): Promise<NotificationTest>
}
