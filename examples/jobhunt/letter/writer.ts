// What a letter is written from, and the one interface behind which it is written: by a language model where the environment names one,
// else by templates. Each is loaded where it writes only: both are heavy.
import type { Posting } from '../postings.ts'
import type { Fact } from '../results.ts'

export const parts = ['greeting', 'opening', 'experience', 'interest', 'closing'] as const
export type Part = (typeof parts)[number]

export interface Writing {
  posting: Posting
  /** What is known of the company. */
  facts: Fact[]
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

export async function openWriter(environment: NodeJS.ProcessEnv): Promise<Writer> {
  const { OPENAI_BASE_URL: url, OPENAI_MODEL: model = '', OPENAI_API_KEY: key = '' } = environment
  if (!url) return (await import('./template-writer.ts')).templateWriter
  return (await import('./model-writer.ts')).modelWriter({ url, model, key })
}
