// Text that a function logs, cut into numbered lines as a file would be, within a bound. Pure; where they are stored is its caller's.
import { limits } from '../core/limits.ts'
import type { LogBlock } from '../store/store.ts'

type Written = 'stdout' | 'stderr'

export interface InlineLog {
  add(stream: Written, text: string): void
  /** Lines that were not taken yet, as blocks with their text. */
  take(now: number): LogBlock[]
  /** What became of those beyond the bound, for the log itself. Told once. */
  dropped(): string[]
}

export function inlineLog(): InlineLog {
  const offsets: Record<Written, number> = { stdout: 0, stderr: 0 }
  const left: Record<Written, number> = { stdout: limits.inlineLogBytes, stderr: limits.inlineThrownBytes }
  const gone = { lines: 0, bytes: 0 }
  let lines: Line[] = []

  function addLine(line: Line): void {
    if (line.bytes <= left[line.stream]) {
      left[line.stream] -= line.bytes
      lines.push(line)
      return
    }
    // What comes after a gap would look as if it followed.
    left[line.stream] = 0
    gone.lines++
    gone.bytes += line.bytes
  }

  return {
    add(stream, text) {
      const whole = text.endsWith('\n') ? text.slice(0, -1) : text
      for (const line of whole.split('\n')) for (const part of storable(line)) addLine({ stream, text: part, bytes: sizeOf(part) + 1 })
    },
    take(now) {
      const taken = bundled(lines).map((bundle) => blockOf(bundle, offsets, now))
      lines = []
      return taken
    },
    dropped() {
      const { lines, bytes } = gone
      Object.assign(gone, { lines: 0, bytes: 0 })
      if (lines === 0) return []
      return [
        `${lines} lines (${bytes} bytes) were dropped: a function in the runner's process may log ${limits.inlineLogBytes / 1_048_576} MiB`,
      ]
    },
  }
}

interface Line {
  stream: Written
  text: string
  /** With its newline. */
  bytes: number
}

// A longer line goes on in the next numbered one. Postgres can store no NUL.
function storable(line: string): string[] {
  const text = line.toWellFormed().replaceAll('\0', '␀')
  if (text.length * 3 < limits.logLineBytes || sizeOf(text) < limits.logLineBytes) return [text]
  const parts: string[] = []
  for (let rest = text; rest !== ''; ) {
    const { read } = encoder.encodeInto(rest, room)
    parts.push(rest.slice(0, read))
    rest = rest.slice(read)
  }
  return parts
}

function sizeOf(text: string): number {
  return Buffer.byteLength(text)
}

const encoder = new TextEncoder()
const room = new Uint8Array(limits.logLineBytes - 1)

// Neighbours of one stream, as many as one block holds.
function bundled(lines: readonly Line[]): Line[][] {
  const bundles: Line[][] = []
  let bytes = 0
  for (const line of lines) {
    const last = bundles.at(-1)
    bytes += line.bytes
    if (last && last[0]?.stream === line.stream && bytes <= limits.logBlockBytes) last.push(line)
    else {
      bundles.push([line])
      bytes = line.bytes
    }
  }
  return bundles
}

function blockOf(lines: readonly Line[], offsets: Record<Written, number>, at: number): LogBlock {
  const stream = lines[0]?.stream ?? 'stdout'
  const byteOffset = offsets[stream]
  const byteLength = lines.reduce((sum, { bytes }) => sum + bytes, 0)
  offsets[stream] += byteLength
  return { stream, fileNumber: 0, byteOffset, byteLength, lineCount: lines.length, at, body: lines.map(({ text }) => text).join('\n') }
}
