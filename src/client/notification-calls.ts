// The part of the client that is about notifications: whom to tell of jobs. All of it is for admins.
import type { Abortable } from './client.ts'
import type { Line } from './watch-view.ts'
import type { NotificationTarget, NotificationTest, NotifyEvent } from './wire.ts'

export interface PutNotification extends Abortable {
  type: 'webhook' | 'ntfy'
  url: string
  /** Absent: the one it has stays; null: none. */
  secret?: string | null
  /** Default: failed, stalled, interrupted. */
  events?: readonly NotifyEvent[]
  /** Default: jobs of every kind. */
  kinds?: readonly string[]
}

export interface NotificationCalls {
  /** By name. */
  notifications(call?: Abortable): Promise<NotificationTarget[]>
  /** Stores a target, or changes the one of this name. */
  putNotification(name: string, request: PutNotification): Promise<NotificationTarget>
  /** Answers with what it was. */
  removeNotification(name: string, call?: Abortable): Promise<NotificationTarget>
  /** Sends a test now. */
  testNotification(name: string, call?: Abortable): Promise<NotificationTest>
}

export function notificationCalls({ transport }: Pick<Line, 'transport'>): NotificationCalls {
  const ask = async <Answer>(...call: Parameters<Line['transport']['json']>) => (await transport.json(...call)) as Answer
  const root = 'api/v1/notifications'
  const pathOf = (name: string) => `${root}/${encodeURIComponent(name)}`
  return {
    notifications: async ({ signal } = {}) => (await ask<{ targets: NotificationTarget[] }>(root, { signal })).targets,
    putNotification: (name, { signal, ...body }) => ask(pathOf(name), { method: 'PUT', body, signal }),
    removeNotification: (name, { signal } = {}) => ask(pathOf(name), { method: 'DELETE', signal }),
    testNotification: (name, { signal } = {}) => ask(`${pathOf(name)}/test`, { method: 'POST', body: {}, signal }),
  }
}
