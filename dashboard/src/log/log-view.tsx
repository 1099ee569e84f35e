// The log of a job: a scrolling window with its tools. Following never moves a reader who has scrolled away.
import { useSignal } from '@preact/signals'
import type { Job } from 'holdfast/client'
import { useEffect } from 'preact/hooks'
import { count } from '../../../src/views/format.ts'
import { isSettled, reasonLine } from '../../../src/views/job-words.ts'
import { ansi } from '../../../src/views/log/ansi.tsx'
import { Block } from '../../../src/views/log/log-lines.tsx'
import type { LogWindow } from '../../../src/views/log/log-window.ts'
import type { Reader } from '../../../src/views/log/use-reader.ts'
import { useReader } from '../../../src/views/log/use-reader.ts'
import { client } from '../client.ts'
import { reachable } from '../parts/reachable.ts'
import { link } from '../place.ts'
import { useShortcuts } from '../shortcuts.ts'
import { isWrapped, LogTools, times, toggleTimes, toggleWrap } from './log-tools.tsx'

/** `#L42` → 42 */
export function lineOfAddress(): number | null {
  const seq = Number(/^#L(\d+)$/.exec(location.hash)?.[1])
  return Number.isSafeInteger(seq) && seq > 0 ? seq : null
}

export interface LogViewProps {
  job: Job
  log: LogWindow
}

export function LogView({ job, log }: LogViewProps) {
  const picked = useSignal(lineOfAddress())
  const reader = useReader(log, picked.value === null)
  const live = !isSettled(job)
  const toggleFollow = () => (reader.following.value ? reader.stay() : reader.follow())
  const pick = (seq: number) => {
    picked.value = seq
  }
  useAddress(reader, pick, log.loaded.value)
  useShortcuts('The log', [
    ...(live ? [{ keys: 'f', words: 'Follow its end, or stop', press: toggleFollow }] : []),
    { keys: 'w', words: 'Wrap long lines, or not', press: toggleWrap },
    { keys: 't', words: 'Show times, or not', press: toggleTimes },
  ])
  const page = link(`jobs/${job.id}`)
  return (
    <div class="log" data-wrap={isWrapped() ? 'on' : 'off'} data-time={times.value}>
      <LogTools
        log={log}
        onStream={reader.showStream}
        following={live ? reader.following.value : null}
        onFollow={toggleFollow}
        download={client.logTextUrl(job.id)}
      />
      <div
        class="scroller"
        ref={reader.scroller}
        {...reachable(`Log of job ${job.id}`)}
        role="log"
        aria-live="off"
        onScroll={reader.onScroll}
        onWheel={reader.onWheel}
        onClick={(event) => pickLine(event, pick)}
        onKeyDown={(event) => walk(event, reader)}
      >
        <div class="lines" style={{ '--digits': String(count(log.newest.value).length) }}>
          <Top log={log} reader={reader} live={live} />
          {log.blocks.value.map((block) => (
            <Block key={block.key} block={block} page={page} hit={within(block, reasonLine(job))} picked={within(block, picked.value)} />
          ))}
          <Unfinished log={log} />
        </div>
      </div>
      <Newer log={log} reader={reader} live={live} />
    </div>
  )
}

interface EdgeProps {
  log: LogWindow
  reader: Reader
  live: boolean
}

/** What stands above the first line: where it begins, or that there is none. */
function Top({ log, reader, live }: EdgeProps) {
  if (!log.loaded.value) return <p class="edge">Loading…</p>
  if (log.blocks.value.length === 0) {
    const what = log.stream.value === null ? '' : ` on ${log.stream.value}`
    return <p class="edge">{live ? `Nothing was written${what} so far.` : `Nothing was written${what}.`}</p>
  }
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

/** A progress bar or a prompt: it has no number yet, and stands where its line will. */
function Unfinished({ log }: { log: LogWindow }) {
  if (!log.atEnd.value) return null
  const shown = log.unfinished.value.filter(({ stream }) => log.stream.value === null || log.stream.value === stream)
  return (
    <>
      {shown.map(({ stream, text }) => (
        <div key={stream} class={stream === 'stderr' ? 'ln err unfinished' : 'ln unfinished'}>
          <span class="no" aria-hidden="true" />
          <span class="tx">{ansi(text)}</span>
        </div>
      ))}
    </>
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
function useAddress(reader: Reader, pick: (seq: number) => void, loaded: boolean): void {
  // Once the first lines are there, and then by the event.
  useEffect(() => {
    const go = () => {
      const seq = lineOfAddress()
      if (seq === null) return
      pick(seq)
      void reader.reveal(seq)
    }
    if (loaded) go()
    addEventListener('hashchange', go)
    return () => removeEventListener('hashchange', go)
  }, [loaded])
}

/** A line number puts its own address into the address bar; nothing scrolls. */
function pickLine(event: MouseEvent, pick: (seq: number) => void): void {
  const number = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a.no') : null
  if (number === null || event.metaKey || event.ctrlKey || event.shiftKey) return
  event.preventDefault()
  event.stopPropagation()
  history.replaceState(history.state, '', number.href)
  const seq = lineOfAddress()
  if (seq !== null) pick(seq)
}

function walk(event: KeyboardEvent, reader: Reader): void {
  if (event.key === 'End') reader.follow()
  else if (event.key === 'Home') void reader.toStart()
  else return
  event.preventDefault()
}

function within({ lines }: { lines: { seq: number }[] }, seq: number | null): number | null {
  if (seq === null) return null
  return (lines[0]?.seq ?? Number.POSITIVE_INFINITY) <= seq && seq <= (lines.at(-1)?.seq ?? 0) ? seq : null
}
