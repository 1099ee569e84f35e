// I7, of a log that was too long: the line that stands for what was taken out says exactly how many lines and bytes, and the rest is within the bound.
import type { LogLine } from '../../../src/core/job.ts'
import type { Tell } from './checker.ts'
import type { JobRow } from './evidence.ts'
import { logBytes } from './kinds.ts'

/** Lines of a stream of one attempt that it wrote, and that are not in its log. */
export interface Missing {
  stream: 'stdout' | 'stderr'
  texts: string[]
  /** False: it was cut off in what is missing, and nobody knows how much that was. */
  isExact: boolean
}

export interface Shortened {
  lines: readonly LogLine[]
  missing: readonly Missing[]
  punchesHoles: boolean
}

/** What may be there beyond the bound until the next step is taken out: a step, and the blocks at both its ends. */
const slackBytes = 3 * 65_536

export function checkDropped(job: JobRow, { lines, missing, punchesHoles }: Shortened, tell: Tell): void {
  const dropped = lines.filter((line) => line.lines !== undefined)
  if (dropped.length > 1) tell('I7', `${dropped.length} lines of job ${job.id} stand for what was taken out of its log`)
  const told = dropped[0] && toldBy(dropped[0])
  const isExact = missing.every((one) => one.isExact)
  const lineCount = missing.reduce((sum, { texts }) => sum + texts.length, 0)
  for (const stream of ['stdout', 'stderr'] as const) {
    const bytes = missing.filter((one) => one.stream === stream).reduce((sum, { texts }) => sum + bytesOf(texts), 0)
    const said = told?.[stream] ?? 0
    if (isExact ? said !== bytes : said < bytes)
      tell('I7', `${bytes} bytes of ${stream} of job ${job.id} are out, and its log says ${said}`)
  }
  // Lines of ours may be among them.
  if (told && (told.lines !== dropped[0]?.lines || told.lines < lineCount || (isExact && told.lines > lineCount + mostOfOurs)))
    tell('I7', `${lineCount} lines of job ${job.id} are out, and its log says ${told.lines} and counts ${dropped[0]?.lines}`)
  const kept = bytesOf(lines.filter(({ stream }) => stream !== 'system').map(({ text }) => text))
  if (job.kind === 'bounded' && punchesHoles && kept > logBytes + slackBytes) tell('I7', `the log of job ${job.id} has ${kept} bytes`)
}

/** Of starts, ends and adoptions. */
const mostOfOurs = 100

function toldBy({ text }: LogLine): { lines: number; stdout: number; stderr: number } {
  const found = /^([\d,]+) lines, ([\d,]+) bytes of stdout and ([\d,]+) bytes of stderr dropped here: the log is longer than 1 MiB$/.exec(
    text,
  )
  const [lines, stdout, stderr] = [1, 2, 3].map((group) => Number(found?.[group]?.replaceAll(',', '')))
  return { lines: lines ?? Number.NaN, stdout: stdout ?? Number.NaN, stderr: stderr ?? Number.NaN }
}

/** With the newline of each. */
function bytesOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0)
}
