// Which toasts there are: what ended or went silent while the page was open, the newest last, at most four. Pure.
import type { Activity, Job } from '../../client/index.ts'
import { isStalled } from '../../views/job-words.ts'
import type { ToastAbout } from '../events.ts'

export interface Toast {
  key: string
  job: Job
  about: ToastAbout
}

const most = 4

export function toastOf(job: Job): Toast | null {
  const about = isStalled(job) ? 'stalled' : aboutOf(job)
  return about === null ? null : { key: `${job.id} ${job.finishedAt ?? about}`, job, about }
}

/** What is over with its toast: it moves again, or it has ended. */
export function stillTrue(toasts: readonly Toast[], { active }: Activity): Toast[] {
  const silent = new Map(active.filter(isStalled).map((job) => [job.id, job]))
  return toasts.flatMap((toast) => {
    const job = toast.about === 'stalled' ? silent.get(toast.job.id) : toast.job
    return job === undefined ? [] : [job === toast.job ? toast : { ...toast, job }]
  })
}

/** The oldest give way. */
export function withToasts(toasts: readonly Toast[], fresh: readonly Toast[]): Toast[] {
  const keys = new Set(fresh.map(({ key }) => key))
  return [...toasts.filter(({ key }) => !keys.has(key)), ...fresh].slice(-most)
}

function aboutOf({ state }: Job): ToastAbout | null {
  if (state === 'expired') return 'failed'
  return state === 'succeeded' || state === 'failed' || state === 'interrupted' ? state : null
}
