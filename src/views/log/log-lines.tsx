// The lines as drawn. A block is drawn again only when it changed; off screen the browser skips it (`content-visibility`).

import { Component } from 'preact'
import type { LogLine } from '../../client/index.ts'
import { bytes } from '../amounts.ts'
import { count, fullTime, stopwatch, timeOfDay } from '../format.ts'
import { ansi } from './ansi.tsx'
import { isWithin, type LineRange } from './line-range.ts'
import type { LogBlock } from './log-blocks.ts'
import { headsOf, type PhaseHead, type Phases } from './log-phases.ts'
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

/** It decides by itself whether it is drawn again. A drawn block that is kept aside would keep the whole page of its time with it: 440 MB in ten minutes. */
export class Block extends Component<BlockProps> {
  override shouldComponentUpdate(next: BlockProps): boolean {
    return next.block !== this.props.block || keyOf(next) !== keyOf(this.props)
  }

  override render() {
    const { block, before, page, starts, find = '', ...marks } = this.props
    const heads = headsOfBlock(this.props)
    const wanted = isFound(this.props) ? find : ''
    return (
      <div class="block" style={{ '--lines': String(block.lines.length) }}>
        {block.lines.flatMap((line, place) => [
          ...heads.filter(({ seq }) => seq === line.seq).map((head) => <Head key={`phase ${head.span.startedAt}`} head={head} />),
          <Line
            key={line.seq}
            line={line}
            page={page}
            mark={markOf(line, (block.lines[place - 1] ?? before)?.attempt, marks)}
            find={wanted}
            startedAt={starts?.[line.attempt - 1]}
          />,
        ])}
      </div>
    )
  }
}

function isFound({ block, find = '' }: BlockProps): boolean {
  return find !== '' && block.lines.some(({ text }) => text.toLowerCase().includes(find.toLowerCase()))
}

function headsOfBlock({ block, before, phases = null }: BlockProps): PhaseHead[] {
  return headsOf(block.lines, before, phases)
}

/** All that its look depends on, but for its lines. */
function keyOf(props: BlockProps): string {
  const { page, hit, picked, found, find, starts, before } = props
  return JSON.stringify([page, hit, picked, found, isFound(props) && find, starts, before?.attempt, headsOfBlock(props)])
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
export class Line extends Component<LineProps> {
  /** A block that grows draws only its new lines. */
  override shouldComponentUpdate({ line, page, mark, find, startedAt }: LineProps): boolean {
    const { props } = this
    return line !== props.line || page !== props.page || mark !== props.mark || find !== props.find || startedAt !== props.startedAt
  }

  override render() {
    return drawn(this.props)
  }
}

function drawn({ line, page, mark, named = true, find = '', startedAt }: LineProps) {
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

type Marks = Pick<BlockProps, 'hit' | 'picked' | 'found'>

/** `above`: the attempt of the line before it, if that is known. */
function markOf({ seq, attempt }: LogLine, above: number | undefined, { hit, picked, found }: Marks): string {
  const isFirst = above !== undefined && above !== attempt
  const marks = [
    seq === hit && 'bad hit',
    picked !== null && isWithin(picked, seq) && 'picked',
    seq === found && 'found',
    isFirst && 'first',
  ]
  return marks.filter(Boolean).join(' ')
}
