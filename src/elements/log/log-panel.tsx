// A log that is followed: its lines in a window of so many lines, and what came below while the reader stands still.
import { useEffect, useState } from 'preact/hooks'
import { HoldfastClientError, type Job, type Stream } from '../../client/index.ts'
import { count, time } from '../../views/format.ts'
import { isSettled, reasonLine } from '../../views/job-words.ts'
import { Block } from '../../views/log/log-lines.tsx'
import type { LogWindow } from '../../views/log/log-window.ts'
import { Unfinished } from '../../views/log/unfinished.tsx'
import { type Reader, useReader } from '../../views/log/use-reader.ts'
import { useChange } from '../use-reflected.ts'
import { logClient } from './log-client.ts'
import { type LogFeed, openLogFeed } from './log-feed.ts'

export interface LogPanelProps {
  /** It waits to run: there is no line yet. */
  isWaiting: boolean
  isOver: boolean
  /** Address of the server. */
  api: string
  id: number
  stream: Stream | null
  isFollowed: boolean
  isWrapped: boolean
  hasTimes?: boolean
  /** How tall it is: a length of CSS, or a number of lines. */
  height: string | null
  lines: number | null
  /** Address of the job's page. */
  href: string
  onLine: (seq: number, event: Event) => void
  onJob?: (job: Job) => void
}

export function LogPanel(props: LogPanelProps) {
  const { api, id, stream, isWaiting, isOver } = props
  const [feed, setFeed] = useState<LogFeed | null>(null)
  useEffect(() => {
    // Each stream takes one of the browser's few connections.
    if (isWaiting) return setFeed(null)
    const opened = openLogFeed(logClient(api), { id, stream, isOver })
    setFeed(opened)
    return opened.close
  }, [api, id, stream, isWaiting])
  const lineHeight = 20
  const size = props.lines === null ? props.height : `${props.lines * lineHeight + 8}px`
  return (
    <div class="log" part="log" data-wrap={props.isWrapped ? 'on' : 'off'} data-time={props.hasTimes === false ? 'off' : 'on'}>
      {feed === null ? (
        <div class="scroller" style={size === null ? {} : { height: size, minHeight: '0' }}>
          <p class="edge">{isWaiting ? 'Nothing was written so far: it waits.' : 'Loading…'}</p>
        </div>
      ) : (
        <Window key={`${id} ${stream}`} {...props} feed={feed} size={size} />
      )}
    </div>
  )
}

interface WindowProps extends LogPanelProps {
  feed: LogFeed
  size: string | null
}

function Window({ feed, id, size, isFollowed, href, onLine, onJob }: WindowProps) {
  const { log } = feed
  const reader = useReader(log, isFollowed)
  const job = feed.job.value
  useChange(job?.version, () => job !== null && onJob?.(job))
  const hit = job === null ? null : reasonLine(job)
  return (
    <>
      <div
        class="scroller"
        ref={reader.scroller}
        role="log"
        aria-label={`Log of job ${id}`}
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be reached to be scrolled by keys
        tabIndex={0}
        style={size === null ? {} : { height: size, minHeight: '0', maxHeight: 'none' }}
        onScroll={reader.onScroll}
        onWheel={reader.onWheel}
        onClick={(event) => pickLine(event, onLine)}
        onKeyDown={(event) => walk(event, reader)}
      >
        <div class="lines" style={{ '--digits': String(count(log.newest.value).length) }}>
          <Top feed={feed} reader={reader} isLive={job === null || !isSettled(job)} />
          {log.blocks.value.map((block) => (
            <Block key={block.key} block={block} page={href} hit={hit} picked={null} />
          ))}
          <Unfinished log={log} />
        </div>
      </div>
      <Newer log={log} reader={reader} />
      <Tie feed={feed} />
    </>
  )
}

function Top({ feed: { log, problem }, reader, isLive }: { feed: LogFeed; reader: Reader; isLive: boolean }) {
  if (problem.value !== null) return <p class="edge">{problemWords(problem.value)}</p>
  if (!log.loaded.value) return <p class="edge">Loading…</p>
  if (log.blocks.value.length === 0) return <p class="edge">{isLive ? 'Nothing was written so far.' : 'Nothing was written.'}</p>
  if (!log.hasEarlier.value) return null
  return (
    <p class="edge">
      Earlier lines come as you scroll.{' '}
      <button type="button" class="as-link" onClick={() => void reader.toStart()}>
        Go to line 1
      </button>
    </p>
  )
}

function problemWords(problem: unknown): string {
  return problem instanceof HoldfastClientError ? problem.message : 'This log cannot be shown.'
}

function Newer({ log, reader }: { log: LogWindow; reader: Reader }) {
  const unseen = log.unseen.value
  if (reader.following.value || (unseen === 0 && log.atEnd.value)) return null
  return (
    <button type="button" class="btn primary small newer" onClick={reader.follow}>
      <span aria-hidden="true">▼</span> {unseen > 0 ? `${count(unseen)} new ${unseen === 1 ? 'line' : 'lines'}` : 'To the last line'}
    </button>
  )
}

/** Lines that are there stay; that no more come is said below them. */
function Tie({ feed: { connection } }: { feed: LogFeed }) {
  const tie = connection.value
  if (tie === null || tie.state === 'live') return null
  const since = tie.heardAt === null ? '' : ` since ${time(tie.heardAt, Date.now())}`
  return <p class="edge tie">No connection{since}. Lines that are written meanwhile come when it is back.</p>
}

/** A line number is a link into the log; the page may do something else with it. */
function pickLine(event: MouseEvent, onLine: LogPanelProps['onLine']): void {
  const number = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a.no') : null
  const seq = Number(number?.hash.slice(2))
  if (seq > 0) onLine(seq, event)
}

function walk(event: KeyboardEvent, reader: Reader): void {
  if (event.key === 'End') reader.follow()
  else if (event.key === 'Home') void reader.toStart()
  else return
  event.preventDefault()
}
