// What an attempt of a campaign's job writes when nobody disturbs it: all of it, stream by stream. Said anew here, in other words than the jobs' own.
import type { JobRow } from './evidence.ts'
import { padding } from './kinds.ts'

export type Written = Record<'stdout' | 'stderr', readonly string[]>

export function writtenBy(job: JobRow, attempt: number): Written {
  const most = endless.has(job.kind) ? 600 : job.asked.lines
  const end = job.kind === 'bounded' ? ` ${padding}` : ''
  const lines = Array.from({ length: most }, (_, index) => ({
    line: `${job.id}.${attempt} line ${index + 1}${end}`,
    note: (index + 1) % 3 === 0 && job.kind !== 'inline' ? [`${job.id}.${attempt} note ${index + 1}${end}`] : [],
  }))
  if (job.kind === 'merged') return { stdout: lines.flatMap(({ line, note }) => [line, ...note]), stderr: [] }
  return { stdout: lines.map(({ line }) => line), stderr: lines.flatMap(({ note }) => note) }
}

/** They write until they are stopped. */
const endless: ReadonlySet<string> = new Set(['stubborn', 'timed', 'hungry'])
