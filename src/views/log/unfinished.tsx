// What stands behind the last newline of each stream.
import { ansi } from './ansi.tsx'
import type { LogWindow } from './log-window.ts'

/** A progress bar or a prompt: it has no number yet, and stands where its line will. */
export function Unfinished({ log }: { log: LogWindow }) {
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
