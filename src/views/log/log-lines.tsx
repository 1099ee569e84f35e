// The lines as drawn. A block is drawn again only when it changed; off screen the browser skips it (`content-visibility`).

import { useMemo } from 'preact/hooks'
import type { LogLine } from '../../client/index.ts'
import { bytes, count, fullTime, timeOfDay } from '../format.ts'
import { ansi } from './ansi.tsx'
import type { LogBlock } from './log-blocks.ts'

export interface BlockProps {
  block: LogBlock
  /** Address of the page without a line. */
  page: string
  /** The line that shows why the job failed, if it is in this block. */
  hit: number | null
  /** The line of the address, if it is in this block. */
  picked: number | null
}

export function Block({ block, page, hit, picked }: BlockProps) {
  return useMemo(
    () => (
      <div class="block" style={{ '--lines': String(block.lines.length) }}>
        {block.lines.map((line) => (
          <Line key={line.seq} line={line} page={page} mark={markOf(line, hit, picked)} />
        ))}
      </div>
    ),
    [block, page, hit, picked],
  )
}

export interface LineProps {
  line: LogLine
  page: string
  mark: string
  /** False for a line shown a second time, outside the log. */
  named?: boolean
}

/** Number, time, stream, text. Time and stream are drawn by the style sheet, so that copied text is the job's own. */
export function Line({ line, page, mark, named = true }: LineProps) {
  return (
    <div class={linesClass(line, mark)} id={named ? `L${line.seq}` : undefined} data-at={timeOfDay(line.at)}>
      <a class="no" href={`${page}#L${line.seq}`} tabIndex={-1} title={fullTime(line.at)}>
        {count(line.seq)}
      </a>
      <span class="tx">
        {ansi(line.text)}
        {line.cutFromBytes !== undefined && <em class="cut"> … cut, the line has {bytes(line.cutFromBytes)}</em>}
      </span>
    </div>
  )
}

function linesClass({ stream }: LogLine, mark: string): string {
  const name = stream === 'stderr' ? 'ln err' : stream === 'system' ? 'ln sys' : 'ln'
  return mark === '' ? name : `${name} ${mark}`
}

function markOf({ seq }: LogLine, hit: number | null, picked: number | null): string {
  return `${seq === hit ? 'bad hit' : ''}${seq === picked ? ' picked' : ''}`.trim()
}
