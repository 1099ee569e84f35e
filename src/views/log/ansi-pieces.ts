// What a job wrote as pieces of plain text with the names of their colours, and where a text that is looked for stands in them. Pure.
import Anser from 'anser'

export interface Piece {
  text: string
  /** Classes; empty: none. */
  names: string
  /** It is part of what is looked for. */
  isMarked: boolean
}

const esc = '\u001b'
/** Everything a terminal would obey but a page must not show. Colours, which end in `m`, stay. */
const commands = new RegExp(
  [
    `${esc}\\][^\u0007${esc}]*(?:\u0007|${esc}\\\\)?`, // titles and links
    `${esc}\\[[0-9;?]*[ -/]*[@-ln-~]`, // cursor moves
    `${esc}[()][A-Z0-9]|${esc}[^[\\]]`, // character sets and the rest
    '[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]', // other control characters
  ].join('|'),
  'g',
)
const colours = new RegExp(`${esc}\\[[0-9;]*m?|${esc}`, 'g')
const colour = /^(?:ansi-)?(?:bright-)?(red|green|yellow|blue|magenta|cyan)$/
/** The first sixteen of the 256 colours are the named ones. */
const palette = [
  'dim',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  '',
  'dim',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  '',
]
/** Of the cube of 216 colours. */
const levels = [0, 95, 135, 175, 215, 255]

/** `find`: what is looked for, in whatever case. */
export function piecesOf(text: string, find = ''): Piece[] {
  const clean = text.replace(commands, '')
  const tokens = clean.includes(esc)
    ? Anser.ansiToJson(clean, { json: true, use_classes: true, remove_empty: true }).map((token) => ({
        text: token.content,
        names: classesOf(token),
      }))
    : [{ text: clean, names: '' }]
  if (find === '') return tokens.map((token) => ({ ...token, isMarked: false }))
  const spans = spansOf(tokens.map((token) => token.text).join(''), find)
  let at = 0
  return tokens.flatMap((token) => {
    at += token.text.length
    return cut(token, at - token.text.length, spans)
  })
}

/** What can be read of it. */
export function plain(text: string): string {
  const clean = text.replace(commands, '')
  return clean.includes(esc) ? clean.replace(colours, '') : clean
}

type Span = readonly [from: number, to: number]

/** A line is at most so often marked: the eye has found it by then. */
const mostMarks = 100

function spansOf(text: string, find: string): Span[] {
  const [all, wanted] = [text.toLowerCase(), find.toLowerCase()]
  // A few letters have another length in small: then nothing would stand where it is looked for.
  if (all.length !== text.length) return []
  const spans: Span[] = []
  for (let from = all.indexOf(wanted); from !== -1 && spans.length < mostMarks; from = all.indexOf(wanted, from + wanted.length))
    spans.push([from, from + wanted.length])
  return spans
}

/** A token of the line, which begins `at` so many characters, cut where something that is looked for begins or ends. */
function cut({ text, names }: { text: string; names: string }, at: number, spans: readonly Span[]): Piece[] {
  const pieces: Piece[] = []
  const add = (from: number, to: number, isMarked: boolean) => from < to && pieces.push({ text: text.slice(from, to), names, isMarked })
  let done = 0
  for (const [from, to] of spans) {
    const [start, end] = [Math.max(done, from - at), Math.min(text.length, to - at)]
    if (start >= end) continue
    add(done, start, false)
    add(start, end, true)
    done = end
  }
  add(done, text.length, false)
  return pieces
}

function classesOf({ fg, bg, fg_truecolor, bg_truecolor, decorations }: Anser.AnserJsonEntry): string {
  const [front, back] = [colourOf(fg, fg_truecolor), colourOf(bg, bg_truecolor)]
  const names = decorations.includes('reverse') ? [front || back, 'a-reverse'] : [front]
  for (const name of ['bold', 'dim', 'italic', 'underline'] as const) if (decorations.includes(name)) names.push(`a-${name}`)
  return names.filter(Boolean).join(' ')
}

/** Colours are mapped to the seven of the tokens, which are legible in both themes. */
function colourOf(name: string | null, rgb: string | null): string {
  if (!name) return ''
  if (name === 'ansi-bright-black') return 'a-dim'
  const index = Number(/^ansi-palette-(\d+)$/.exec(name)?.[1] ?? Number.NaN)
  const named = colour.exec(name)?.[1] ?? palette[index] ?? nearest(name === 'ansi-truecolor' ? rgbOf(rgb) : cubeOf(index))
  return named ? `a-${named}` : ''
}

function rgbOf(rgb: string | null): number[] {
  return (rgb ?? '').split(',').map(Number)
}

function cubeOf(index: number): number[] {
  const place = index - 16
  if (!(place >= 0 && place < 216)) return []
  return [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6].map((level) => levels[level] ?? 0)
}

const hues = ['red', 'yellow', 'green', 'cyan', 'blue', 'magenta']

/** By its hue; what has next to none is left plain. */
function nearest([red = 0, green = 0, blue = 0]: number[]): string {
  const most = Math.max(red, green, blue)
  const spread = most - Math.min(red, green, blue)
  if (!(spread >= most / 4 && spread > 0)) return ''
  const sixth = most === red ? (green - blue) / spread : most === green ? 2 + (blue - red) / spread : 4 + (red - green) / spread
  return hues[Math.round(sixth + 6) % 6] ?? ''
}
