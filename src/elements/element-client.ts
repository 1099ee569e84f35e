// The part of the client that the elements use: what a page does not need it should not carry.
import { activityCalls } from '../client/activity-calls.ts'
import type { AnyKinds, HoldfastClient } from '../client/index.ts'
import { jobCalls } from '../client/job-calls.ts'
import { pageCalls } from '../client/page-calls.ts'
import { openLine } from '../client/watch-view.ts'
import type { Live as AnyLive } from '../live/live.ts'

export type ElementClient = Pick<
  HoldfastClient,
  | 'activity'
  | 'watchActivity'
  | 'kinds'
  | 'kind'
  | 'submit'
  | 'cancel'
  | 'retry'
  | 'resume'
  | 'rerun'
  | 'keepWaiting'
  | 'check'
  | 'log'
  | 'logTextUrl'
>

export type Live = AnyLive<ElementClient>

export function elementClient(url: string): ElementClient {
  const line = openLine({ url })
  return { ...pageCalls<AnyKinds>(line), ...activityCalls(line), ...jobCalls(line) }
}
