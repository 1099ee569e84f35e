// A failure of a real tool: how it is made, and the text file it is kept in, with the line that a person would pick.
import type { FailureKind, Stream } from '../../src/core/job.ts'

/** How to make it fail. Its folder is empty but for `files`; it is `/tmp/holdfast-failures/<name>`, so that paths stay the same. */
export interface Case {
  name: string
  files?: Record<string, string>
  /** Before it, by `sh`, in its folder: what is to be there already. */
  prepare?: string
  run: string[]
  env?: Record<string, string>
  /** A server on 127.0.0.1:47811 that knows no path. */
  serve?: true
}

export interface RecordedLine {
  stream: Stream
  text: string
}

/** What the tool did, as a runner hands it to `failureOf`, and what is expected of that. */
export interface Recording {
  name: string
  command: string
  /** The program, for the sentences of 126 and 127. */
  program: string
  exitCode: number
  signal: string | null
  expected: { message: string; kind: FailureKind; hint: string | null; line: number | null } | null
  lines: RecordedLine[]
}

/** A head of `name: value`, a ruler, then a line per line: `2| text`, or `2j "…"` as JSON where it holds control characters. */
export function written(recording: Recording): string {
  const { expected } = recording
  const head = [
    ['command', recording.command],
    ['program', recording.program],
    ['exit', String(recording.exitCode)],
    ['signal', recording.signal ?? '-'],
    ...(expected === null
      ? []
      : [
          ['expect', expected.message],
          ['kind', expected.kind],
          ['hint', expected.hint ?? '-'],
          ['line', String(expected.line ?? '-')],
        ]),
  ]
  const body = recording.lines.map(({ stream, text }) => {
    const number = stream === 'stderr' ? 2 : 1
    return /\p{Cc}/u.test(text.replaceAll('\t', '')) ? `${number}j ${JSON.stringify(text)}` : `${number}| ${text}`
  })
  return `${[...head.map(([name, value]) => `${name}: ${value}`), '---', ...body].join('\n')}\n`
}

export function readRecording(name: string, file: string): Recording {
  const head = file.split(/^---\n/m, 1)[0] ?? ''
  const of = (field: string) => new RegExp(`^${field}: (.*)$`, 'm').exec(head)?.[1] ?? null
  const orNull = (value: string | null) => (value === '-' ? null : value)
  const message = of('expect')
  const line = orNull(of('line'))
  return {
    name,
    command: of('command') ?? '',
    program: of('program') ?? '',
    exitCode: Number(of('exit')),
    signal: orNull(of('signal')),
    expected:
      message === null
        ? null
        : { message, kind: of('kind') as FailureKind, hint: orNull(of('hint')), line: line === null ? null : Number(line) },
    lines: file
      .slice(head.length + '---\n'.length)
      .split('\n')
      .slice(0, -1)
      .map((row) => ({
        stream: row.startsWith('2') ? 'stderr' : 'stdout',
        text: row[1] === 'j' ? JSON.parse(row.slice(3)) : row.slice(3),
      })),
  }
}
