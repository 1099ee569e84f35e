// A line as drawn, in its colours. Only text nodes come out, whatever the job wrote.
import type { ComponentChildren } from 'preact'
import { piecesOf } from './ansi-pieces.ts'

/** `find`: what is looked for; where it stands is marked. */
export function ansi(text: string, find = ''): ComponentChildren {
  // Pieces of one line never change places.
  return piecesOf(text, find).map((piece, place) => {
    if (piece.isMarked)
      return (
        <mark key={place} class={piece.names}>
          {piece.text}
        </mark>
      )
    return piece.names === '' ? (
      piece.text
    ) : (
      <span key={place} class={piece.names}>
        {piece.text}
      </span>
    )
  })
}
