// The list behind the indicator: what runs and how far it is, the stalled first. It lies in the top layer; Esc and a press beside it close it.
import { createRef, type RefObject } from 'preact'
import { useLayoutEffect, useMemo } from 'preact/hooks'
import type { ActiveJob } from '../../client/index.ts'
import { count, percent, stopwatch } from '../../views/format.ts'
import { Icon } from '../../views/icon.tsx'
import { progressOf } from '../../views/job-progress.ts'
import { isStalled, lookOf, outcomeOf, subtitleOf, titleOf, tookMs } from '../../views/job-words.ts'
import { Tideline } from '../../views/tideline.tsx'
import { useNow } from '../clock.ts'
import type { Live } from '../element-client.ts'
import { asOf } from '../standing-words.ts'
import { useTitles } from '../use-titles.ts'
import type { IndicatorLook } from './indicator-look.ts'
import { placeBeside } from './place-beside.ts'

const most = 5

export interface PopoverProps {
  id: string
  opener: RefObject<HTMLButtonElement | null>
  look: IndicatorLook
  live: Live
  /** Address of a job's page, and of all jobs. */
  hrefOf: (id: number) => string
  href: string
  /** Before it is gone. */
  onHide: () => void
  onClose: () => void
}

export function Popover({ id, opener, live, look, hrefOf, href, onHide, onClose }: PopoverProps) {
  const titles = useTitles(live.client, look.running)
  const standing = live.standing()
  const tick = useNow(look.state !== 'offline')
  const now = asOf(standing) ?? tick
  const box = useMemo(() => createRef<HTMLDivElement>(), [])
  useLayoutEffect(() => {
    box.current?.showPopover()
    if (opener.current !== null && box.current !== null) placeBeside(opener.current, box.current)
  }, [])
  const shown = look.running.slice(0, most)
  const more = look.running.length - shown.length
  return (
    <div
      class="pop"
      part="popover"
      id={id}
      ref={box}
      popover="auto"
      role="dialog"
      aria-label="Running jobs"
      onBeforeToggle={(event) => event.newState === 'closed' && onHide()}
      onToggle={(event) => event.newState === 'closed' && onClose()}
    >
      <header>
        <b>{look.words}</b>
        {look.state === 'offline' || <span class="live push">Live</span>}
      </header>
      <ul>
        {shown.map((job) => (
          <Entry key={job.id} job={job} titles={titles} now={now} href={hrefOf(job.id)} />
        ))}
      </ul>
      <footer>
        <span class="quiet">
          {[more > 0 && `${count(more)} more`, look.waiting > 0 && `${count(look.waiting)} waiting`].filter(Boolean).join(', ')}
        </span>
        <a class="push" href={href}>
          All jobs
        </a>
      </footer>
    </div>
  )
}

interface EntryProps {
  job: ActiveJob
  titles: ReadonlyMap<string, string>
  now: number
  href: string
}

function Entry({ job, titles, now, href }: EntryProps) {
  const view = progressOf(job, now)
  const { tone, icon, word } = lookOf(job)
  const silent = isStalled(job)
  return (
    <li>
      {silent && (
        <div class="row">
          <span class="state" data-state={tone}>
            <Icon name={icon} />
            {word}
          </span>
          <span class="push quiet">#{job.id}</span>
        </div>
      )}
      <div class="row">
        <a class="name" href={href}>
          <bdi>{titleOf(job, titles)}</bdi>{' '}
          <span class="quiet">
            <bdi>{subtitleOf(job, titles)}</bdi>
          </span>
        </a>
        {!silent && <span class="push quiet">{view?.fraction == null ? stopwatch(tookMs(job, now) ?? 0) : percent(view.fraction)}</span>}
      </div>
      {silent ? (
        <div class="soft">{outcomeOf(job, now)}</div>
      ) : (
        <>
          {view !== null && <Tideline view={view} tone={tone} thin />}
          <div class="quiet">
            <bdi>{[view?.phase, view?.left].filter(Boolean).join(', ')}</bdi>
          </div>
        </>
      )}
    </li>
  )
}

/** Below the indicator: what runs, by name and job type. */
export function RunningLines({ live, look }: Pick<PopoverProps, 'live' | 'look'>) {
  const shown = look.running.slice(0, most)
  const titles = useTitles(live.client, shown)
  return (
    <>
      {shown.map((job) => (
        <p key={job.id} class="run" part="line">
          <bdi>{titleOf(job, titles)}</bdi>{' '}
          <span class="what">
            <bdi>{subtitleOf(job, titles)}</bdi>
          </span>
        </p>
      ))}
    </>
  )
}
