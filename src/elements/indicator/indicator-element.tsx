// <holdfast-indicator>: says how many jobs run, with a list behind it. Where nothing runs it is not there.
import { createRef } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Job } from '../../client/index.ts'
import type { Wanted } from '../../live/live.ts'
import { Icon } from '../../views/icon.tsx'
import { HoldfastElement, type ViewProps } from '../element.ts'
import type { Live } from '../element-client.ts'
import { useParts } from '../later.tsx'
import { namesOf } from '../names-of.ts'
import { NewSettled } from '../new-settled.ts'
import { deniedWhy } from '../standing-words.ts'
import { useOwnId } from '../use-own-id.ts'
import { useChange, useReflected } from '../use-reflected.ts'
import { type IndicatorLook, indicatorLook } from './indicator-look.ts'
import type { PopoverProps } from './popover.tsx'

/** So long a failure is news. */
const newsMs = 600_000

export class HoldfastIndicator extends HoldfastElement {
  protected override wants(): Wanted[] {
    return []
  }

  protected override view(props: ViewProps) {
    return <Indicator {...props} />
  }
}

function Indicator({ host, live, api }: ViewProps) {
  const kinds = namesOf(host.attribute('kinds'))
  const { failed, forget } = useFailed(live, kinds)
  const [isOpen, setOpen] = useState(false)
  const activity = live.activity()
  const standing = live.standing()
  const look = indicatorLook({ activity, standing, kinds, failed, noun: host.attribute('noun') })
  const isLines = host.attribute('show') === 'lines'
  const parts = useParts(host, isLines && look.running.length > 0)
  useReflected(host, { state: look.state, stalled: look.state === 'stalled', busy: look.running.length > 0 })
  useChange(activity === null ? null : look.count, (_, count) => host.tell('holdfast-active', { count }))
  if (look.state === 'loading' || (look.state === 'idle' && host.attribute('zero') !== 'show')) return null
  const signIn = look.state === 'denied' ? deniedWhy(standing, api).link : undefined
  const href = host.attribute('href') ?? `${api}jobs`
  return (
    <>
      {signIn === undefined ? (
        <Opener
          host={host}
          look={look}
          isOpen={isOpen}
          onOpen={() => {
            forget()
            setOpen(true)
          }}
          popover={{ live, look, hrefOf: (job) => `${api}jobs/${job}`, href, onClose: () => setOpen(false) }}
        />
      ) : (
        <a class="indicator" part="button" data-state={look.tone} href={signIn.href} target="_blank" rel="noopener">
          <Icon name={look.icon} />
          {look.words}
        </a>
      )}
      {isLines && parts !== null && <parts.RunningLines live={live} look={look} />}
      <p class="sr" role="status">
        {look.state === 'stalled' || look.state === 'failed' ? look.words : ''}
      </p>
    </>
  )
}

interface OpenerProps {
  host: HoldfastElement
  look: IndicatorLook
  isOpen: boolean
  onOpen: () => void
  popover: Omit<PopoverProps, 'id' | 'opener' | 'onHide'>
}

/** A press beside the list closes it, also one on its button, which would open it again. */
const onePressMs = 400

function Opener({ host, look, isOpen, onOpen, popover }: OpenerProps) {
  const id = useOwnId()
  const button = useMemo(() => createRef<HTMLButtonElement>(), [])
  const hiddenAt = useRef(Number.NEGATIVE_INFINITY)
  const parts = useParts(host, isOpen)
  const isShown = isOpen && parts !== null
  const press = () => {
    if (isShown) popover.onClose()
    else if (performance.now() - hiddenAt.current > onePressMs) onOpen()
  }
  const hide = () => {
    hiddenAt.current = performance.now()
  }
  return (
    <>
      <button
        type="button"
        class="indicator"
        part="button"
        data-state={look.tone}
        aria-haspopup="dialog"
        aria-expanded={isShown}
        aria-controls={isShown ? id : undefined}
        ref={button}
        onClick={press}
      >
        <Icon name={look.icon} />
        {look.words}
      </button>
      {isShown && <parts.Popover id={id} opener={button} onHide={hide} {...popover} />}
    </>
  )
}

/** Failures that came while the page was open, until somebody opens the list or they are old. */
function useFailed(live: Live, kinds: ReadonlySet<string>) {
  const settled = useMemo(() => new NewSettled(), [live])
  const [failed, setFailed] = useState<readonly Job[]>([])
  const activity = live.activity()
  useEffect(() => {
    if (activity === null) return
    const isBad = ({ state, kind }: Job) => (state === 'failed' || state === 'interrupted') && (kinds.size === 0 || kinds.has(kind))
    const fresh = settled.take(activity).filter(isBad)
    const isNews = ({ finishedAt }: Job) => (finishedAt ?? 0) > Date.now() - newsMs
    if (fresh.length > 0 || failed.some((job) => !isNews(job))) setFailed([...failed, ...fresh].filter(isNews))
  }, [activity])
  return { failed, forget: () => setFailed([]) }
}
