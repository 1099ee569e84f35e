// How things look in a terminal: colour, durations, tables. Data goes to stdout, everything else to stderr.
import { userInfo } from 'node:os'
import type { Writable } from 'node:stream'
import { styleText } from 'node:util'
import type { Job, Saved } from '../client/index.ts'

type Style = Parameters<typeof styleText>[0]

/** Coloured when the stream is a terminal that wants it (NO_COLOR, FORCE_COLOR and TERM are honoured by Node). */
export function paint(style: Style, text: string, stream: Writable = process.stdout): string {
  return styleText(style, text, { stream })
}

/** What came from outside, safe to print: no control sequences that could draw or retitle. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}\[[\d;?]*[ -/]*[@-~]/gu, '').replace(/[^\P{Cc}\t]/gu, '')
}

/** "3.2 s", "2 min 04 s", "1 h 05 min". */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${String(Math.round(seconds) % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB')
}

export function thousands(value: number): string {
  return value.toLocaleString('en-US')
}

const stateLooks: Record<Job['state'], { icon: string; style: Style }> = {
  queued: { icon: '◌', style: 'gray' },
  running: { icon: '●', style: 'cyan' },
  stopping: { icon: '◐', style: 'cyan' },
  succeeded: { icon: '✓', style: 'green' },
  failed: { icon: '✗', style: 'red' },
  cancelled: { icon: '⊘', style: 'gray' },
  interrupted: { icon: '▲', style: 'magenta' },
  expired: { icon: '◷', style: 'gray' },
}

export function stateWord(state: Job['state'], stream: Writable = process.stdout): string {
  const { icon, style } = stateLooks[state]
  return paint(style, `${icon} ${state}`, stream)
}

/** The same of a job: what has gone silent is called stalled. */
export function jobWord({ state, flags }: Job, stream: Writable = process.stdout): string {
  return state === 'running' && flags.includes('stalled') ? paint('yellow', '▲ stalled', stream) : stateWord(state, stream)
}

/** What people should read for a job: its name, its command, or its kind. */
export function titleOf(job: Job): string {
  return plain(job.name ?? (job.kind === 'command' && job.command ? shellWords(job.command) : job.kind))
}

/** An argv as one could type it. */
export function shellWords(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}

/** Name of the person at this terminal; null for a uid without a name, as in many containers. */
export function userName(): string | null {
  try {
    return userInfo().username
  } catch {
    return null
  }
}

/** "42 %, 1,344 of 3,201 films" of the current phase, or an empty text. */
export function progressWords({ progress }: Job): string {
  if (!progress) return ''
  const { phase } = progress
  const place = phase ? `${plain(phase.name)}${phase.index !== null && phase.of !== null ? ` ${phase.index}/${phase.of}` : ''}` : ''
  return [place, ...amountWords(progress)].filter((part) => part !== '').join(', ')
}

/** "Read, 30 %, 12 of 40 pages, at 14:02:11" */
export function savedWords(saved: Saved): string {
  return [plain(saved.phase ?? ''), ...amountWords(saved), `at ${clockTime(saved.at)}`].filter((part) => part !== '').join(', ')
}

function amountWords({ done, total, unit }: Pick<Saved, 'done' | 'total' | 'unit'>): string[] {
  const share = done !== null && total ? `${Math.floor((100 * done) / total)} %` : ''
  const amount = done === null ? '' : `${thousands(done)}${total === null ? '' : ` of ${thousands(total)}`}${unit ? ` ${plain(unit)}` : ''}`
  return [share, amount]
}

/** Columns padded to their widest cell; the last one is cut to the terminal's width. */
export function table(rows: string[][], width = process.stdout.columns ?? Number.POSITIVE_INFINITY): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => visibleLength(row[column] ?? ''))))
  return rows
    .map((row) => fit(row.map((cell, column) => (column === row.length - 1 ? cell : pad(cell, widths[column] ?? 0))).join('  '), width))
    .join('\n')
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - visibleLength(cell)))
}

function fit(line: string, width: number): string {
  const over = visibleLength(line) - width
  return over <= 0 ? line : `${line.slice(0, line.length - over - 1)}…`
}

function visibleLength(text: string): number {
  return text.replace(/\p{Cc}\[[\d;]*m/gu, '').length
}
