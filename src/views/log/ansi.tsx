// Terminal colours as classes. Only text nodes come out, whatever the job wrote.
import Anser from 'anser'
import type { ComponentChildren } from 'preact'

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

export function ansi(text: string): ComponentChildren {
  const clean = text.replace(commands, '')
  if (!clean.includes(esc)) return clean
  return Anser.ansiToJson(clean, { json: true, use_classes: true, remove_empty: true }).map((token, place) => {
    const names = classesOf(token)
    // Tokens of one line never change places.
    return names === '' ? (
      token.content
    ) : (
      <span key={place} class={names}>
        {token.content}
      </span>
    )
  })
}

function classesOf({ fg, bg, decorations }: Anser.AnserJsonEntry): string {
  const names = decorations.includes('reverse') ? [colourOf(fg) || colourOf(bg), 'a-reverse'] : [colourOf(fg)]
  for (const name of ['bold', 'dim', 'italic', 'underline'] as const) if (decorations.includes(name)) names.push(`a-${name}`)
  return names.filter(Boolean).join(' ')
}

/** Colours are mapped to the seven of the tokens, which are legible in both themes; others are left plain. */
function colourOf(name: string | null): string {
  if (!name) return ''
  if (name === 'ansi-bright-black') return 'a-dim'
  const named = colour.exec(name)?.[1] ?? palette[Number(/^ansi-palette-(\d+)$/.exec(name)?.[1])]
  return named ? `a-${named}` : ''
}
