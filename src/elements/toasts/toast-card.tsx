// One toast: what happened to which job, what can be done, and a button that takes it away.
import { duration } from '../../views/format.ts'
import { Icon, type IconName } from '../../views/icon.tsx'
import { outcomeOf, tookMs } from '../../views/job-words.ts'
import { resumeWords } from '../../views/resume-words.ts'
import type { ElementClient } from '../element-client.ts'
import type { Toast } from './toast-list.ts'

export interface ToastCardProps {
  toast: Toast
  title: string
  now: number
  href: string
  /** What the one who looks may not do is not offered: the toast is no place for reasons. */
  mayAct: boolean
  onAct: (deed: (client: ElementClient) => Promise<unknown>) => void
  onDismiss: () => void
}

const icons: Record<Toast['about'], IconName> = { succeeded: 'check', failed: 'cross', stalled: 'warn', interrupted: 'broken' }
const verbs: Record<Toast['about'], string> = {
  succeeded: 'has finished',
  failed: 'failed',
  stalled: 'has gone silent',
  interrupted: 'was interrupted',
}

export function toastTitle({ about }: Toast, title: string): string {
  return `${title} ${verbs[about]}`
}

export function toastWords({ job, about }: Toast, now: number): string {
  if (about !== 'succeeded') return outcomeOf(job, now)
  const took = job.finishedAt === null ? null : tookMs(job, job.finishedAt)
  const result = outcomeOf(job, now)
  return [took === null ? null : `After ${duration(took)}`, result === '' ? null : result].filter(Boolean).join(': ')
}

export function ToastCard({ toast, title, now, href, mayAct, onAct, onDismiss }: ToastCardProps) {
  const { job, about } = toast
  const resume = resumeWords(job)
  return (
    <div class="toast" part="toast" data-state={about}>
      <Icon name={icons[about]} />
      <b>
        <bdi>{toastTitle(toast, title)}</bdi>
      </b>
      <button type="button" class="btn ghost icon" part="dismiss" aria-label="Dismiss" onClick={onDismiss}>
        <svg class="i" viewBox="0 0 16 16" aria-hidden="true">
          <path d="m4 4 8 8M12 4l-8 8" />
        </svg>
      </button>
      <p>
        <bdi>{toastWords(toast, now)}</bdi>
      </p>
      <div class="acts">
        {mayAct && about === 'stalled' && (
          <button type="button" class="as-link" onClick={() => onAct((client) => client.keepWaiting(job.id))}>
            Keep waiting
          </button>
        )}
        {mayAct && (about === 'failed' || about === 'interrupted') && resume !== null && (
          <button type="button" class="as-link" onClick={() => onAct((client) => client.resume(job.id))}>
            {resume}
          </button>
        )}
        <a href={href}>View</a>
      </div>
    </div>
  )
}
