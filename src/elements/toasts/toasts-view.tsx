// What <holdfast-toasts> shows: jobs that ended or went silent while the page was open.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Job } from '../../client/index.ts'
import { isStalled, titleOf } from '../../views/job-words.ts'
import { useNow } from '../clock.ts'
import type { HoldfastElement, ViewProps } from '../element.ts'
import type { Live } from '../element-client.ts'
import { namesOf } from '../names-of.ts'
import { NewSettled } from '../new-settled.ts'
import { useAsking } from '../use-asking.ts'
import { useReflected } from '../use-reflected.ts'
import { useTitles } from '../use-titles.ts'
import { notifyBrowser } from './notify-browser.ts'
import { ToastCard, toastTitle, toastWords } from './toast-card.tsx'
import { stillTrue, type Toast, toastOf, withToasts } from './toast-list.ts'

const toldUnlessSaid = 'succeeded failed stalled interrupted'
/** Success leaves by itself, unless somebody points at it. */
const leavesAfterMs = 8_000

export function ToastsView({ host, live, api }: ViewProps) {
  const { toasts, dismiss } = useToasts(host, live)
  const jobs = toasts.map(({ job }) => job)
  const titles = useTitles(live.client, jobs)
  const now = useNow(toasts.some(({ about }) => about === 'stalled'))
  const asking = useAsking(host)
  useNotifications(host, toasts, (toast) => ({
    title: toastTitle(toast, titleOf(toast.job, titles)),
    body: toastWords(toast, Date.now()),
    href: `${api}jobs/${toast.job.id}`,
  }))
  useReflected(host, { state: toasts.length === 0 ? 'idle' : 'shown', stalled: jobs.some(isStalled) })
  return (
    <div class="toasts" part="list" role="status">
      {toasts.map((toast) => (
        <Leaving key={toast.key} isLeaving={toast.about === 'succeeded'} onLeave={() => dismiss(toast.key)}>
          <ToastCard
            toast={toast}
            title={titleOf(toast.job, titles)}
            now={now}
            href={`${api}jobs/${toast.job.id}`}
            mayAct={live.standing().role !== 'viewer'}
            onAct={(deed) =>
              void asking.ask(async () => {
                await deed(live.client)
                dismiss(toast.key)
                await live.refresh()
              })
            }
            onDismiss={() => dismiss(toast.key)}
          />
        </Leaving>
      ))}
    </div>
  )
}

function useToasts(host: HoldfastElement, live: Live) {
  const settled = useMemo(() => new NewSettled(), [live])
  const silent = useRef<ReadonlySet<number> | null>(null)
  const [toasts, setToasts] = useState<Toast[]>([])
  const activity = live.activity()
  useEffect(() => {
    if (activity === null) return
    const stalled = activity.active.filter(isStalled)
    const before = silent.current
    silent.current = new Set(stalled.map(({ id }) => id))
    const happened = [...settled.take(activity), ...(before === null ? [] : stalled.filter(({ id }) => !before.has(id)))]
    const fresh = happened.flatMap((job) => freshToast(host, job))
    setToasts((shown) => {
      const next = withToasts(stillTrue(shown, activity), fresh)
      return next.length === shown.length && next.every((toast, place) => toast === shown[place]) ? shown : next
    })
  }, [activity])
  const dismiss = (key: string) => setToasts((shown) => shown.filter((toast) => toast.key !== key))
  return { toasts, dismiss }
}

function freshToast(host: HoldfastElement, job: Job): Toast[] {
  const kinds = namesOf(host.attribute('kinds'))
  const on = namesOf(host.attribute('on') ?? toldUnlessSaid)
  const toast = toastOf(job)
  if (toast === null || !on.has(toast.about) || (kinds.size > 0 && !kinds.has(job.kind))) return []
  return host.tell('holdfast-toast', { job, about: toast.about }, true) ? [toast] : []
}

function useNotifications(
  host: HoldfastElement,
  toasts: readonly Toast[],
  noteOf: (toast: Toast) => Parameters<typeof notifyBrowser>[0],
): void {
  const told = useRef(new Set<string>())
  useEffect(() => {
    for (const toast of toasts) {
      if (told.current.has(toast.key)) continue
      told.current.add(toast.key)
      if (host.hasAttribute('notify')) notifyBrowser(noteOf(toast))
    }
  }, [toasts])
}

interface LeavingProps {
  isLeaving: boolean
  onLeave: () => void
  children: preact.ComponentChildren
}

function Leaving({ isLeaving, onLeave, children }: LeavingProps) {
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    if (!isLeaving || isHeld) return
    const timer = setTimeout(onLeave, leavesAfterMs)
    return () => clearTimeout(timer)
  }, [isLeaving, isHeld])
  const hold = () => setHeld(true)
  const release = () => setHeld(false)
  return (
    <div class="hold" onPointerEnter={hold} onPointerLeave={release} onFocusIn={hold} onFocusOut={release}>
      {children}
    </div>
  )
}
