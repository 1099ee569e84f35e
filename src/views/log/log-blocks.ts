// The lines that are in the page, in blocks of 200. A full block never changes, so it is drawn once. Pure.
import type { LogLine } from '../../client/index.ts'

export interface LogBlock {
  /** Stays the same while lines are added to the block. */
  key: number
  lines: LogLine[]
}

export const linesInBlock = 200
/** More than this makes find-in-page and scrolling slow; what is left out is asked for again when needed. */
export const mostLines = 20_000

export function append(blocks: LogBlock[], lines: LogLine[]): LogBlock[] {
  const last = blocks.at(-1)
  if (last === undefined || last.lines.length >= linesInBlock) return [...blocks, ...cut(lines)]
  const fitting = lines.slice(0, linesInBlock - last.lines.length)
  return [...blocks.slice(0, -1), { key: last.key, lines: [...last.lines, ...fitting] }, ...cut(lines.slice(fitting.length))]
}

export function prepend(blocks: LogBlock[], lines: LogLine[]): LogBlock[] {
  return [...cut(lines), ...blocks]
}

/** Another text for one line, if it is there. */
export function replace(blocks: LogBlock[], line: LogLine): LogBlock[] {
  return blocks.map((block) =>
    block.lines.some(({ seq }) => seq === line.seq)
      ? { ...block, lines: block.lines.map((each) => (each.seq === line.seq ? line : each)) }
      : block,
  )
}

/** Leaves whole blocks away at the beginning until few enough lines are left. */
export function trimStart(blocks: LogBlock[]): LogBlock[] {
  let left = lineCount(blocks)
  const from = blocks.findIndex((block) => {
    if (left <= mostLines) return true
    left -= block.lines.length
    return false
  })
  return from <= 0 ? blocks : blocks.slice(from)
}

export function trimEnd(blocks: LogBlock[]): LogBlock[] {
  let room = mostLines
  const to = blocks.findIndex((block) => {
    room -= block.lines.length
    return room < 0
  })
  return to === -1 ? blocks : blocks.slice(0, to)
}

export function lineCount(blocks: LogBlock[]): number {
  return blocks.reduce((sum, { lines }) => sum + lines.length, 0)
}

export function firstSeq(blocks: LogBlock[]): number | null {
  return blocks[0]?.lines[0]?.seq ?? null
}

export function lastSeq(blocks: LogBlock[]): number | null {
  return blocks.at(-1)?.lines.at(-1)?.seq ?? null
}

let keys = 0

function cut(lines: LogLine[]): LogBlock[] {
  const blocks: LogBlock[] = []
  for (let from = 0; from < lines.length; from += linesInBlock) {
    keys += 1
    blocks.push({ key: keys, lines: lines.slice(from, from + linesInBlock) })
  }
  return blocks
}
