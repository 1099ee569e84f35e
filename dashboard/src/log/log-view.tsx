// The log of a job: a scrolling window with its tools. Following never moves a reader who has scrolled away.
import { useSignal } from '@preact/signals'
import type { JobDetail, LogRange } from 'holdfast/client'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { count } from '../../../src/views/format.ts'
import { isSettled, reasonLine } from '../../../src/views/job-words.ts'
import { hashOfRange, type LineRange, rangeOfHash, touches } from '../../../src/views/log/line-range.ts'
import { Block } from '../../../src/views/log/log-lines.tsx'
import type { Phases } from '../../../src/views/log/log-phases.ts'
import { LogSearch } from '../../../src/views/log/log-search.ts'
import type { LogWindow } from '../../../src/views/log/log-window.ts'
import { Unfinished } from '../../../src/views/log/unfinished.tsx'
import type { Reader } from '../../../src/views/log/use-reader.ts'
import { useReader } from '../../../src/views/log/use-reader.ts'
import { client } from '../client.ts'
import { reachable } from '../parts/reachable.ts'
import { link } from '../place.ts'
import { useShortcuts } from '../shortcuts.ts'
import { AnnounceLines, type Ears } from './announce-lines.tsx'
import { CopyRange } from './copy-range.tsx'
import { type LogKeys, logShortcuts } from './log-keys.ts'
import { announced, isWrapped, times } from './log-preferences.ts'
import { LogTools } from './log-tools.tsx'
import { useSeeking } from './use-seeking.ts'

/** `#L42` or `#L42-L60` → 42 */
export function lineOfAddress(): number | null {
  return rangeOfHash(location.hash)?.from ?? null
}

export interface LogViewProps {
  job: JobDetail
  log: LogWindow
}

export function LogView({ job, log }: LogViewProps) {
  const picked = useSignal(rangeOfHash(location.hash))
  const frame = useRef<HTMLDivElement>(null)
  const reader = useReader(log, picked.value === null)
  const search = useSearch(job.id, log)
  const ears = useMemo<Ears>(() => ({ hear: () => {} }), [])
  log.onFresh = (lines) => {
    search.take(lines)
    ears.hear(lines)
  }
  const live = !isSettled(job)
  const seeking = useSeeking({ job, log, reader, search })
  const pick = (range: LineRange | null) => {
    picked.value = range
  }
  const toStart = () => {
    seeking.forget()
    void reader.toStart()
  }
  const keys: LogKeys = {
    ...seeking,
    toggleFollow: () => (reader.following.value ? reader.stay() : reader.follow()),
    toggleFull: () => void (document.fullscreenElement === null ? frame.current?.requestFullscreen() : document.exitFullscreen()),
  }
  useAddress(reader, pick, log.loaded.value)
  useShortcuts('The log', logShortcuts(keys, live))
  return (
    <div class="log" ref={frame} data-wrap={isWrapped() ? 'on' : 'off'} data-time={times.value === 'off' ? 'off' : 'on'}>
      <LogTools
        log={log}
        search={search}
        onStream={reader.showStream}
        following={live ? reader.following.value : null}
        onFollow={keys.toggleFollow}
        onFind={seeking.find}
        onHit={seeking.toHit}
        onError={seeking.toError}
        onPhase={seeking.toPhase}
        onFull={keys.toggleFull}
        phases={job.progress?.phases ?? []}
        live={live}
        text={client.logTextUrl(job.id)}
      />
      {picked.value !== null && log.loaded.value && (
        <CopyRange id={job.id} range={picked.value} last={log.newest.value} onClose={() => clearPick(pick)} />
      )}
      <p class="log-note" role="status">
        {seeking.said.value}
      </p>
      <div
        class="scroller"
        ref={reader.scroller}
        {...reachable(`Log of job ${job.id}`)}
        role="log"
        aria-live="off"
        onScroll={reader.onScroll}
        onWheel={reader.onWheel}
        onMouseDown={(event) => event.shiftKey && numberOf(event) !== null && event.preventDefault()}
        onClick={(event) => pressLine(event, { log, picked: picked.value, pick })}
        onKeyDown={(event) => walk(event, reader.follow, toStart)}
      >
        <div class="lines" style={{ '--digits': String(count(log.newest.value).length) }}>
          <Top log={log} live={live} toStart={toStart} />
          <Blocks job={job} log={log} search={search} picked={picked.value} spot={seeking.spot.value} />
          <Unfinished log={log} />
        </div>
      </div>
      <Newer log={log} reader={reader} live={live} />
      {live && announced.value === 'on' && <AnnounceLines ears={ears} />}
    </div>
  )
}

function useSearch(id: number, log: LogWindow): LogSearch {
  const search = useMemo(() => {
    const inStream = (range: LogRange) => client.log(id, { ...range, ...(log.stream.value !== null && { stream: [log.stream.value] }) })
    return new LogSearch(inStream)
  }, [id, log])
  useEffect(() => () => search.clear(), [search])
  return search
}

interface BlocksProps {
  job: JobDetail
  log: LogWindow
  search: LogSearch
  picked: LineRange | null
  spot: number | null
}

function Blocks({ job, log, search, picked, spot }: BlocksProps) {
  const page = link(`jobs/${job.id}`)
  const starts = times.value === 'elapsed' ? job.history.map(({ startedAt }) => startedAt) : null
  const { value: blocks } = log.blocks
  const reason = reasonLine(job)
  return blocks.map((block, place) => (
    <Block
      key={block.key}
      block={block}
      before={blocks[place - 1]?.lines.at(-1)}
      page={page}
      hit={within(block, reason)}
      picked={touches(picked, block.lines)}
      found={within(block, spot)}
      find={search.text.value}
      starts={starts}
      phases={phasesOf(job)}
    />
  ))
}

/** Of the last attempt: those of earlier ones are not kept. */
function phasesOf({ progress, attempts, state }: JobDetail): Phases | null {
  if (progress === null || progress.phases.length === 0) return null
  const last = state === 'succeeded' ? 'over' : state === 'running' || state === 'stopping' ? 'running' : 'failed'
  return { attempt: attempts, spans: progress.phases, last }
}

interface EdgeProps {
  log: LogWindow
  reader: Reader
  live: boolean
}

/** What stands above the first line: where it begins, or that there is none. */
function Top({ log, live, toStart }: Omit<EdgeProps, 'reader'> & { toStart: () => void }) {
  if (!log.loaded.value) return <p class="edge">Loading…</p>
  if (log.blocks.value.length === 0) {
    const what = log.stream.value === null ? '' : ` on ${log.stream.value}`
    return <p class="edge">{live ? `Nothing was written${what} so far.` : `Nothing was written${what}.`}</p>
  }
  if (!log.hasEarlier.value) return null
  return (
    <p class="edge">
      Earlier lines come as you scroll.{' '}
      <button type="button" class="as-link" onClick={toStart}>
        Go to line 1
      </button>
    </p>
  )
}

/** Tells of lines that came below, over free room, so that it covers none. */
function Newer({ log, reader, live }: EdgeProps) {
  const unseen = log.unseen.value
  if (reader.following.value || (unseen === 0 && log.atEnd.value)) return null
  const words = unseen > 0 && live ? `${count(unseen)} new ${unseen === 1 ? 'line' : 'lines'}` : 'To the last line'
  return (
    <button type="button" class="btn primary small newer" onClick={reader.follow}>
      <span aria-hidden="true">▼</span> {words}
    </button>
  )
}

/** The line of the address is shown at first, and again when somebody changes the address. */
function useAddress(reader: Reader, pick: (range: LineRange) => void, loaded: boolean): void {
  // Once the first lines are there, and then by the event.
  useEffect(() => {
    const go = () => {
      const range = rangeOfHash(location.hash)
      if (range === null) return
      pick(range)
      void reader.reveal(range.from)
    }
    if (loaded) go()
    addEventListener('hashchange', go)
    return () => removeEventListener('hashchange', go)
  }, [loaded])
}

interface Pressed {
  log: LogWindow
  picked: LineRange | null
  pick: (range: LineRange) => void
}

/** A line number puts its own address into the address bar, with Shift the lines from the picked one to it; nothing scrolls. */
function pressLine(event: MouseEvent, { log, picked, pick }: Pressed): void {
  const whole = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-whole]') : null
  if (whole !== null) return void log.openWhole(Number(whole.dataset.whole))
  const number = numberOf(event)
  if (number === null || event.metaKey || event.ctrlKey) return
  event.preventDefault()
  event.stopPropagation()
  const seq = rangeOfHash(number.hash)?.from ?? 0
  const other = event.shiftKey && picked !== null ? (seq < picked.to ? picked.to : picked.from) : seq
  const range = { from: Math.min(seq, other), to: Math.max(seq, other) }
  history.replaceState(history.state, '', hashOfRange(range))
  pick(range)
}

function clearPick(pick: (range: LineRange | null) => void): void {
  history.replaceState(history.state, '', location.pathname + location.search)
  pick(null)
}

function numberOf({ target }: MouseEvent): HTMLAnchorElement | null {
  return target instanceof Element ? target.closest<HTMLAnchorElement>('a.no') : null
}

function walk(event: KeyboardEvent, toEnd: () => void, toStart: () => void): void {
  if (event.key === 'End') toEnd()
  else if (event.key === 'Home') toStart()
  else return
  event.preventDefault()
}

function within({ lines }: { lines: { seq: number }[] }, seq: number | null): number | null {
  if (seq === null) return null
  return (lines[0]?.seq ?? Number.POSITIVE_INFINITY) <= seq && seq <= (lines.at(-1)?.seq ?? 0) ? seq : null
}
