// The lines as drawn. A block is drawn again only when it changed; off screen the browser skips it (`content-visibility`).

import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import type { LogLine } from '../../client/index.ts'
import { bytes } from '../amounts.ts'
import { count, fullTime, stopwatch, timeOfDay } from '../format.ts'
import { ansi } from './ansi.tsx'
import { isWithin, type LineRange } from './line-range.ts'
import type { LogBlock } from './log-blocks.ts'
import { headsOf, type Phases } from './log-phases.ts'
import { Head } from './phase-head.tsx'

export interface BlockProps {
  block: LogBlock
  /** The line above it, where it is in the page. */
  before?: LogLine | undefined
  /** Address of the page without a line. */
  page: string
  /** The line that shows why the job failed, if it is in this block. */
  hit: number | null
  /** The lines of the address, if one of them is in this block. */
  picked: LineRange | null
  /** The line that a search has gone to, if it is in this block. */
  found?: number | null
  /** What is looked for; empty: nothing. */
  find?: string
  /** When the attempts began: the time of a line is then counted from there. */
  starts?: readonly number[] | null
  phases?: Phases | null
}

export function Block({ block, before, page, hit, picked, found = null, find = '', starts = null, phases = null }: BlockProps) {
  const heads = headsOf(block.lines, before, phases)
  const isHit = find !== '' && block.lines.some(({ text }) => text.toLowerCase().includes(find.toLowerCase()))
  const [wanted, began, attempt] = [isHit ? find : '', starts?.join(), before?.attempt]
  // A block that grows draws only its new lines: what was drawn is the same object, which is not even looked at.
  const drawn = useMemo(() => new Map<LogLine, ComponentChildren>(), [page, hit, picked, found, wanted, began, attempt])
  return useMemo(() => {
    const show = (line: LogLine, place: number) => {
      const above = block.lines[place - 1]?.attempt ?? attempt
      const isFirst = above !== undefined && above !== line.attempt
      const mark = markOf(line, { hit, picked, found, isFirst })
      const shown = drawn.get(line) ?? (
        <Line key={line.seq} line={line} page={page} mark={mark} find={wanted} startedAt={starts?.[line.attempt - 1]} />
      )
      drawn.set(line, shown)
      return shown
    }
    const headsAt = ({ seq }: LogLine) =>
      heads.filter((head) => head.seq === seq).map((head) => <Head key={`phase ${head.span.startedAt}`} head={head} />)
    return (
      <div class="block" style={{ '--lines': String(block.lines.length) }}>
        {heads.length === 0 ? block.lines.map(show) : block.lines.flatMap((line, place) => [...headsAt(line), show(line, place)])}
      </div>
    )
  }, [block, drawn, JSON.stringify(heads)])
}

export interface LineProps {
  line: LogLine
  page: string
  mark: string
  /** False for a line shown a second time, outside the log. */
  named?: boolean
  find?: string
  /** Its time is counted from here; absent: the time of day. */
  startedAt?: number | undefined
}

/** Number, time, stream, text. Time and stream are drawn by the style sheet, so that copied text is the job's own. */
export function Line({ line, page, mark, named = true, find = '', startedAt }: LineProps) {
  const time = startedAt === undefined ? timeOfDay(line.at) : stopwatch(Math.max(0, line.at - startedAt))
  return (
    <div class={linesClass(line, mark)} id={named ? `L${line.seq}` : undefined} data-at={time}>
      <a class="no" href={`${page}#L${line.seq}`} tabIndex={-1} title={fullTime(line.at)}>
        {count(line.seq)}
      </a>
      <span class="tx">
        {ansi(line.text, find)}
        {line.cutFromBytes !== undefined && <Cut line={line} named={named} of={line.cutFromBytes} />}
      </span>
    </div>
  )
}

function Cut({ line, named, of }: { line: LogLine; named: boolean; of: number }) {
  return (
    <em class="cut">
      {` … cut, the line has ${bytes(of)}`}{' '}
      {named && (
        <button type="button" class="as-link" data-whole={line.seq}>
          Show it whole
        </button>
      )}
    </em>
  )
}

function linesClass({ stream, lines }: LogLine, mark: string): string {
  const name = stream === 'stderr' ? 'ln err' : stream === 'system' ? 'ln sys' : 'ln'
  return [name, lines !== undefined && 'dropped', mark].filter(Boolean).join(' ')
}

interface Marks {
  hit: number | null
  picked: LineRange | null
  found: number | null
  isFirst: boolean
}

function markOf({ seq }: LogLine, { hit, picked, found, isFirst }: Marks): string {
  const marks = [
    seq === hit && 'bad hit',
    picked !== null && isWithin(picked, seq) && 'picked',
    seq === found && 'found',
    isFirst && 'first',
  ]
  return marks.filter(Boolean).join(' ')
}
