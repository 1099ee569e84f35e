// The slim bar above a log: which streams, what is looked for, follow, wrap, time, and the rest in a menu.
import type { Stream } from 'holdfast/client'
import type { LogSearch } from '../../../src/views/log/log-search.ts'
import type { LogWindow } from '../../../src/views/log/log-window.ts'
import { FindField } from './find-field.tsx'
import { changeTimes, isWrapped, times, toggleWrap } from './log-preferences.ts'
import { MoreMenu, type MoreMenuProps } from './more-menu.tsx'

const streams: [Stream | null, string][] = [
  [null, 'All'],
  ['stdout', 'stdout'],
  ['stderr', 'stderr'],
  ['system', 'system'],
]

export interface LogToolsProps extends MoreMenuProps {
  log: LogWindow
  search: LogSearch
  /** Null when nothing more is to come. */
  following: boolean | null
  onStream: (stream: Stream | null) => void
  onFollow: () => void
  onFind: (text: string) => void
  onHit: (by: 1 | -1) => void
}

export function LogTools(props: LogToolsProps) {
  const { log, search, following, onStream, onFollow, onFind, onHit } = props
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
      <FindField search={search} onFind={onFind} onHit={onHit} />
      <span class="push row">
        {following !== null && <Toggle word="Follow" shortcut="f" pressed={following} onClick={onFollow} />}
        <Toggle word="Wrap" shortcut="w" pressed={isWrapped()} onClick={toggleWrap} />
        <span class="time-toggle">
          <Toggle
            word={times.value === 'elapsed' ? 'Elapsed' : 'Time'}
            shortcut="t"
            pressed={times.value !== 'off'}
            onClick={changeTimes}
          />
        </span>
        <MoreMenu {...props} />
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
