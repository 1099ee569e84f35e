// Which job an element is about: the one it names, or the active or last one of the kind it names. So it finds its job again after a refresh.
import type { ActiveJob, Job } from '../../client/index.ts'
import type { HoldfastElement } from '../element.ts'
import type { Live } from '../element-client.ts'
import { kindOf, kindWanted } from '../kind-wanted.ts'
import { numberOf } from './job-wanted.ts'

export interface FoundJob {
  job: ActiveJob | Job | null
  /** Why there is none: not known yet, none ever was, gone or never there, not to be seen. */
  state: 'loading' | 'idle' | 'missing' | 'offline' | 'denied' | 'found'
  title: string | null
}

export function foundJob(host: HoldfastElement, live: Live): FoundJob {
  const id = numberOf(host)
  const kind = id === null ? kindOf(host, live) : undefined
  const job = id === null ? (kind?.active ?? kind?.last ?? null) : id === 0 ? null : (live.job(id) ?? null)
  const title = kind?.title ?? null
  if (job !== null) return { job, title, state: 'found' }
  const { state } = live.standing()
  if (state === 'denied') return { job, title, state: 'denied' }
  if (kind != null) return { job, title, state: 'idle' }
  const isKnown = id === null ? kind === null || kindWanted(host).length === 0 : id === 0 || live.job(id) === null
  if (isKnown) return { job, title, state: 'missing' }
  return { job, title, state: state === 'lost' ? 'offline' : 'loading' }
}
