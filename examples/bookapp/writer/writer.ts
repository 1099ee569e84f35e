// Who writes: one interface for the language model behind an address and for the n-gram that needs nobody. Knows no jobs.
import type { WriterSettings } from '../settings.ts'

export interface Order {
  /** Told a model; the n-gram cannot read. */
  instructions: string
  /** How many lines, each a thing of its own; null: prose. */
  lines: number | null
  /** About so many, in all or in each line. */
  words: number
  /** The same seed and the same order give the same text, as far as the writer can. */
  seed: string
}

export interface Listening {
  signal: AbortSignal
  /** Called as text comes, with all that there is of it so far. */
  onText?(soFar: string): void
  /** What went wrong and is tried again, in a line. */
  onTrouble?(line: string): void
}

export interface Writer {
  /** As the pages and the books name it. */
  name: string
  write(order: Order, listening: Listening): Promise<string>
}

/** What may be over when it is asked again. */
export class Trouble extends Error {
  /** Nothing is wrong but that it has no time: it has to be left alone, for so long if it said so. */
  isBusy = false
  waitMs: number | undefined
}

export const ngramName = 'an n-gram of Moby-Dick'

export const nameOf = (settings: WriterSettings): string => (settings.type === 'chat' ? settings.model : ngramName)

/** For a job's process, which is told who writes. Each is loaded only where it writes: the n-gram reads a whole novel first. */
export async function openWriter(): Promise<Writer> {
  const settings: WriterSettings = JSON.parse(process.env.BOOKAPP_WRITER ?? '')
  if (settings.type === 'chat') return (await import('./chat.ts')).chatWriter(settings)
  return (await import('./ngram.ts')).ngramWriter(settings)
}

/** What a model makes of "write 8 lines": numbered, bulleted or quoted as it likes, with empty lines between. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*(?:[-*•#]+|\(?\d+[.):])\s+/, '').replace(/^[“"*_\s]+|[”"*_\s]+$/g, ''))
    .filter((line) => line !== '')
}
