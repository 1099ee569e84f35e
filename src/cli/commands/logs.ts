// holdfast logs: the log of a job, or as it grows.
import { once } from 'node:events'
import type { HoldfastClient, LogLine, UnfinishedLine } from '../../client/index.ts'
import { clockTime, paint, plain } from '../output.ts'
import { connect, jobNumber, type Place } from '../place.ts'
import { wholeNumber } from './list.ts'

export interface LogsOptions extends Place {
  follow?: boolean
  tail?: string
  grep?: string
  timestamps?: boolean
}

export async function logs(job: string, options: LogsOptions): Promise<void> {
  const id = jobNumber(job)
  const { client, close } = await connect(options, options.follow ? [id] : [])
  try {
    const screen = openScreen(options)
    const after = await printStored(client, id, options, screen.print)
    const wanted = options.grep?.toLowerCase() ?? ''
    const onLines = (lines: LogLine[]) => screen.print(lines.filter(({ text }) => text.toLowerCase().includes(wanted)))
    const { onUnfinished } = screen
    if (options.follow) await client.followLog(id, { after, onLines, ...(onUnfinished ? { onUnfinished } : {}), signal: interrupted() })
  } finally {
    await close()
  }
}

interface Screen {
  print: (lines: LogLine[]) => void
  /** Only where there is a terminal to draw on. */
  onUnfinished?: (lines: UnfinishedLine[]) => void
}

// A line that is not finished stands below all others, and is drawn over until it is.
function openScreen(options: LogsOptions): Screen {
  const print = (lines: LogLine[]) => {
    for (const line of lines) printLine(line, options)
  }
  if (!process.stdout.isTTY || options.json || options.grep !== undefined) return { print }
  let shown = ''
  const draw = (text: string) => {
    if (text !== '' || shown !== '') process.stdout.write(`\r${eraseLine}${text}`)
    shown = text
  }
  return {
    print(lines) {
      draw('')
      print(lines)
    },
    // Wider than the screen it would wrap, and could not be taken back.
    onUnfinished: (lines) => draw(plain(lines.at(-1)?.text ?? '').slice(0, (process.stdout.columns ?? 80) - 1)),
  }
}

const eraseLine = '\u001b[K'

// Returns the number of the last line that was looked at.
async function printStored(client: HoldfastClient, id: number, options: LogsOptions, print: (lines: LogLine[]) => void): Promise<number> {
  const { grep } = options
  const { lastSeq } = await client.log(id, { limit: 1 })
  let after = options.tail === undefined ? 0 : Math.max(0, lastSeq - wholeNumber('--tail', options.tail))
  while (after < lastSeq) {
    const { lines, searched } = await client.log(id, { after, limit: pageLines, full: true, ...(grep === undefined ? {} : { q: grep }) })
    print(lines)
    // Somebody who reads slowly must not make us hold the whole log.
    for (const out of [process.stdout, process.stderr]) if (out.writableNeedDrain) await once(out, 'drain')
    after = (grep === undefined ? lines.at(-1)?.seq : searched) ?? lastSeq
  }
  return after
}

const pageLines = 2_000

function printLine(line: LogLine, { json, timestamps }: LogsOptions): void {
  if (json) return void process.stdout.write(`${JSON.stringify(line)}\n`)
  const out = line.stream === 'stderr' ? process.stderr : process.stdout
  const text = line.stream === 'system' ? paint('gray', `· ${line.text}`, out) : out.isTTY ? plainButColour(line.text) : line.text
  const cut = line.cutFromBytes === undefined ? '' : paint('gray', ` … (${line.cutFromBytes} bytes)`, out)
  out.write(
    timestamps
      ? `${paint('gray', `${line.seq}  ${clockTime(line.at)}  ${line.stream.padEnd(6)}`, out)}  ${text}${cut}\n`
      : `${text}${cut}\n`,
  )
}

// On a terminal colours stay; sequences that move, retitle or report are taken out.
function plainButColour(text: string): string {
  return text
    .split(/(\p{Cc}\[[\d;]*m)/u)
    .map((part, index) => (index % 2 === 1 ? part : plain(part)))
    .join('')
}

/** Aborted by Ctrl+C: stops following, not the job. */
export function interrupted(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => {
    process.exitCode = 130
    controller.abort()
  })
  return controller.signal
}
