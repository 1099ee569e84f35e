// Text for one line on a screen: no escape sequences, no line breaks, bounded, never cut inside a character.
import { limits } from './limits.ts'

/** At most `most` characters; a longer text ends with "…". */
export function oneLine(text: string, most: number = limits.failureMessage): string {
  const clean = withoutEscapes(text)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
  if (clean.length <= most) return clean
  return `${clean.slice(0, most - 1).replace(/\p{Cs}$/u, '')}…`
}

/** Without colours and cursor movements, so that words can be recognised. */
export function withoutEscapes(text: string): string {
  // Not a tab or a line's end: what is in brackets behind them was written to be read.
  return text.replace(/(?![\t\r\n])\p{Cc}\[[\d;?]*[ -/]*[@-~]/gu, '')
}

/** What a terminal shows of a line that was written over again and again: what came after the last carriage return. */
export function afterReturns(text: string): string {
  return text.split('\r').findLast((piece) => piece !== '') ?? ''
}
