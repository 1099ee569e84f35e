// The part of the client that is about all that is going on, in one view.
import type { Abortable } from './client.ts'
import type { Connection } from './event-stream.ts'
import { type Line, watchView } from './watch-view.ts'
import type { Activity, ActivityFilter, ActivityLook } from './wire.ts'

export interface WatchActivity extends Abortable {
  /** What is going on now, then after changes. */
  onActivity: (activity: Activity) => void
  onState?: (connection: Connection) => void
}

export interface ActivityCalls {
  /** What is going on, and what is asked for by name. */
  activity(filter?: ActivityFilter, call?: Abortable): Promise<ActivityLook>
  /** Runs until aborted. Reconnects by itself. */
  watchActivity(filter: ActivityFilter, watch: WatchActivity): Promise<void>
}

const path = 'api/v1/activity'

export function activityCalls(line: Line): ActivityCalls {
  return {
    activity: async (filter = {}, { signal } = {}) => (await line.transport.json(path, { query: { ...filter }, signal })) as ActivityLook,
    watchActivity: (filter, { onActivity, ...watch }) =>
      watchView(line, { path: `${path}/events`, query: { ...filter }, event: 'activity', onView: onActivity, ...watch }),
  }
}
