// What a letter is written from, and the one interface behind which it is written: by a language model, or by templates.
import type { Applicant, Posting } from '../postings.ts'
import type { Fact } from '../results.ts'

export const parts = ['greeting', 'opening', 'experience', 'interest', 'closing'] as const
export type Part = (typeof parts)[number]

export interface Brief {
  posting: Posting
  applicant: Applicant
  facts: Fact[]
  /** What the posting asks for, with what the applicant has to say to it, in the posting's order. */
  matches: { wish: string; answer: string }[]
  /** Address that the company gives for letters, if it was found. */
  recipient: string | null
}

export interface Writing {
  brief: Brief
  /** The paragraphs so far. */
  before: readonly string[]
  signal: AbortSignal
  /** What there is of this paragraph by now. */
  onText: (text: string) => void
}

export interface Writer {
  /** As it is shown beside the letter. */
  name: string
  /** One paragraph. */
  write(part: Part, writing: Writing): Promise<string>
}
