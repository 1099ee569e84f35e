// The lines that somebody has picked, to be copied as the job wrote them: those out of sight too.
import { count } from '../../../src/views/format.ts'
import { plain } from '../../../src/views/log/ansi-pieces.ts'
import type { LineRange } from '../../../src/views/log/line-range.ts'
import { client } from '../client.ts'
import { CopyButton } from '../parts/copy-button.tsx'

/** As many as the server gives at once. */
const mostLines = 5_000

export interface CopyRangeProps {
  id: number
  range: LineRange
  /** Number of the last line that there is. */
  last: number
  onClose: () => void
}

export function CopyRange({ id, range, last, onClose }: CopyRangeProps) {
  const { from, to } = range
  if (from > last) return <Beyond from={from} last={last} onClose={onClose} />
  const total = to - from + 1
  const text = async () => {
    const { lines } = await client.log(id, { after: from - 1, limit: Math.min(total, mostLines), full: true })
    return lines
      .filter(({ seq }) => seq <= to)
      .map((line) => `${plain(line.text)}\n`)
      .join('')
  }
  const words = total === 1 ? 'Copy line' : total > mostLines ? `Copy the first ${count(mostLines)} lines` : `Copy ${count(total)} lines`
  return (
    <div class="picked-bar">
      <span>{total === 1 ? `Line ${count(from)}` : `Lines ${count(from)} to ${count(to)}`}</span>
      <CopyButton class="btn small" label={words} text={text} />
      <CopyButton class="btn ghost small" label="Copy link" text={() => location.href} />
      <button type="button" class="btn ghost small" onClick={onClose}>
        Clear
      </button>
    </div>
  )
}

/** An address that names a line that is not there, or not yet. */
function Beyond({ from, last, onClose }: { from: number; last: number; onClose: () => void }) {
  return (
    <div class="picked-bar">
      <span>
        There is no line {count(from)}; the log has {count(last)}.
      </span>
      <button type="button" class="btn ghost small" onClick={onClose}>
        Clear
      </button>
    </div>
  )
}
