// What a line of a log may be worth as the reason of a failure, and the form in which the families of tools say so.
import type { SeenLine } from './seen-line.ts'

/**
 * From nothing to certain: a frame or a ruler; what only sums up ("3 errors"); any other line; one with a word of trouble in it;
 * one that says itself that it is an error; and the line in which a tool says the reason by its own rules.
 */
export const weights = { noise: 0, summary: 1, plain: 2, trouble: 3, strong: 4, sure: 5 } as const
export type Weight = keyof typeof weights

export interface Finding {
  weight: Weight
  /** What to show instead of the line. */
  message?: string
  /** An exception or panic: the job's own program said what went wrong. */
  thrown?: true
  /** Of lines with the same name that follow each other the first one counts: a compiler's later errors come from the first. */
  first?: string
  /** The same for lines that follow each other at once: what one program says after its first complaint comes from that. */
  adjacent?: string
}

/** One family's knowledge of single lines. */
export interface Rule {
  when: RegExp
  weight: Weight
  /** The part of the match that is worth showing. */
  shows?: (match: RegExpExecArray) => string
  thrown?: true
  first?: string
}

/** One family's knowledge of lines that belong together: what it found, by the index of the line. */
export type Block = (lines: readonly SeenLine[], found: Map<number, Finding>) => void
