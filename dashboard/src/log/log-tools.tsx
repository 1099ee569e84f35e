// The slim bar above a log: which streams, follow, wrap, time, download.
import type { Stream } from 'holdfast/client'
import { Icon } from '../../../src/views/icon.tsx'
import type { LogWindow } from '../../../src/views/log/log-window.ts'
import { preference } from '../preference.ts'

/** Wrapping is what a narrow screen needs and a wide one does not, until somebody decides. */
export const wrap = preference<'auto' | 'on' | 'off'>('log.wrap', ['auto', 'on', 'off'], 'auto')
export const times = preference<'on' | 'off'>('log.time', ['on', 'off'], 'on')

const narrow = matchMedia('(max-width: 760px)')

export function isWrapped(): boolean {
  return wrap.value === 'auto' ? narrow.matches : wrap.value === 'on'
}

export function toggleWrap(): void {
  wrap.value = isWrapped() ? 'off' : 'on'
}

export function toggleTimes(): void {
  times.value = times.value === 'on' ? 'off' : 'on'
}

const streams: [Stream | null, string][] = [
  [null, 'All'],
  ['stdout', 'stdout'],
  ['stderr', 'stderr'],
  ['system', 'system'],
]

export interface LogToolsProps {
  log: LogWindow
  /** Null when nothing more is to come. */
  following: boolean | null
  onStream: (stream: Stream | null) => void
  onFollow: () => void
  download: string
}

export function LogTools({ log, following, onStream, onFollow, download }: LogToolsProps) {
  return (
    <div class="tools">
      <fieldset class="seg">
        <legend class="sr">Streams</legend>
        {streams.map(([stream, word]) => (
          <button key={word} type="button" aria-pressed={log.stream.value === stream} onClick={() => onStream(stream)}>
            {word}
          </button>
        ))}
      </fieldset>
      <span class="push row">
        {following !== null && <Toggle word="Follow" shortcut="f" pressed={following} onClick={onFollow} />}
        <Toggle word="Wrap" shortcut="w" pressed={isWrapped()} onClick={toggleWrap} />
        <span class="time-toggle">
          <Toggle word="Time" shortcut="t" pressed={times.value === 'on'} onClick={toggleTimes} />
        </span>
        <a class="btn ghost small" href={download} download>
          <Icon name="download" />
          Download
        </a>
      </span>
    </div>
  )
}

interface ToggleProps {
  word: string
  shortcut: string
  pressed: boolean
  onClick: () => void
}

function Toggle({ word, shortcut, pressed, onClick }: ToggleProps) {
  return (
    <button
      type="button"
      class="btn ghost small toggle"
      aria-pressed={pressed}
      aria-keyshortcuts={shortcut}
      title={`${word} (${shortcut})`}
      onClick={onClick}
    >
      {word}
    </button>
  )
}
