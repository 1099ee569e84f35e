// The readers of bench:streams: raw sockets that follow one job each, in a process of their own, so that their work is not the server's.
// A line costs them as little as can be: they count numbers and read the instant of the first line of each piece, which has waited longest.
// Prints `open` when all of them have caught up with what was printed before, and after `SECONDS` what they saw, as JSON.
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const [port, id, count, seconds] = process.argv.slice(2).map(Number)
if (!port || !id || !count || !seconds) throw new Error('clients.ts PORT JOB COUNT SECONDS')

export interface Seen {
  lines: number
  /** Milliseconds of lag, and how many lines had so much: one for each piece that came. */
  lags: [lagMs: number, lines: number][]
  /** Readers that missed or repeated a line. */
  wrong: number
  /** Least and most lines that a reader saw. */
  least: number
  most: number
}

const caughtUpMs = 1_000
const lags = new Map<number, number>()
const readers = Array.from({ length: count }, follow)
while (readers.some((reader) => reader.lagMs > caughtUpMs)) await pause(50)
console.log('open')
for (const reader of readers) reader.lines = 0
lags.clear()
await pause(seconds * 1_000)
const lines = readers.map((reader) => reader.lines)
const seen: Seen = {
  lines: lines.reduce((sum, one) => sum + one, 0),
  lags: [...lags],
  wrong: readers.filter((reader) => reader.isWrong).length,
  least: Math.min(...lines),
  most: Math.max(...lines),
}
for (const { socket } of readers) socket.destroy()
console.log(JSON.stringify(seen))

interface Reader {
  socket: Socket
  seq: number
  lines: number
  lagMs: number
  isWrong: boolean
}

function follow(): Reader {
  const socket = connect(port ?? 0, '127.0.0.1')
  const reader: Reader = { socket, seq: 0, lines: 0, lagMs: Number.POSITIVE_INFINITY, isWrong: false }
  let rest = ''
  socket.setEncoding('latin1')
  socket.write(`GET /api/v1/jobs/${id}/log/stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
  socket.on('data', (piece: string) => {
    const now = performance.timeOrigin + performance.now()
    const text = rest + piece
    const end = text.lastIndexOf('\n\n') + 2
    rest = end < 2 ? text : text.slice(end)
    if (end >= 2) take(reader, text.slice(0, end), now)
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    reader.isWrong ||= reader.lines === 0
  })
  return reader
}

function take(reader: Reader, text: string, now: number): void {
  let taken = 0
  for (let at = text.indexOf('\nid: '); at !== -1; at = text.indexOf('\nid: ', at + 5)) {
    const seq = Number.parseInt(text.slice(at + 5, at + 15), 10)
    if (seq !== reader.seq + 1) reader.isWrong = true
    reader.seq = seq
    taken++
  }
  reader.lines += taken
  const first = /"stream":"stdout","at":\d+,"text":"(\d+\.\d)/.exec(text)
  if (!first) return
  const lag = Math.round((now - Number(first[1])) * 10) / 10
  reader.lagMs = lag
  lags.set(lag, (lags.get(lag) ?? 0) + taken)
}
