// All that is going on, as one stream tells it, with what is asked for by name.
import type { Activity, ActivityFilter } from 'holdfast/client'
import { client, showSummary } from '../client.ts'
import { useWatched, type Watched } from './use-watched.ts'

export function useActivity(filter: ActivityFilter): Watched<Activity> {
  return useWatched(JSON.stringify(filter), (show, watch) =>
    client.watchActivity(filter, {
      ...watch,
      onActivity(activity) {
        showSummary(activity.summary)
        show(activity)
      },
    }),
  )
}
