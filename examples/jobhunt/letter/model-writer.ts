// Writes by a language model behind any address that speaks OpenAI's protocol: a hosted one, or Ollama, llama.cpp and vLLM at home.
import { doNotRetry, retryLater, snooze } from 'holdfast/job'
import OpenAI, { APIConnectionError, APIError } from 'openai'
import { applicant } from '../postings.ts'
import type { Part, Writer, Writing } from './writer.ts'

/** Of a paragraph. Five with so many characters are a letter that can be saved. */
const longest = { tokens: 4_000, characters: 3_900 }

export function modelWriter({ url, model, key }: Record<'url' | 'model' | 'key', string>): Writer {
  // What is beyond two quick tries is a matter for the job: it goes on later, with the paragraphs it has.
  const client = new OpenAI({ baseURL: url, apiKey: key || 'none', maxRetries: 2, timeout: 120_000 })
  return {
    name: model,
    async write(part, writing) {
      try {
        const asked = { model, stream: true, max_tokens: longest.tokens, messages: messagesFor(part, writing) } as const
        return await textOf(await client.chat.completions.create(asked, { signal: writing.signal }), writing.onText)
      } catch (error) {
        writing.signal.throwIfAborted()
        throw asFailure(error, new URL(url).host)
      }
    },
  }
}

class TooLong extends Error {}

/** @throws TooLong as soon as it is */
async function textOf(stream: AsyncIterable<OpenAI.ChatCompletionChunk>, onText: Writing['onText']): Promise<string> {
  let text = ''
  let isWhole = false
  for await (const { choices } of stream) {
    text += choices[0]?.delta.content ?? ''
    if (text.length > longest.characters || choices[0]?.finish_reason === 'length') throw new TooLong()
    isWhole ||= choices[0]?.finish_reason === 'stop'
    onText(text)
  }
  if (!isWhole || text.trim() === '') throw new Error('the answer was cut off')
  return text.trim()
}

const wanted: Record<Part, string> = {
  greeting: 'only the greeting, such as “Dear Ms Okafor,”',
  opening: 'the opening: which opening this is about, and what about the company made the applicant write',
  experience: 'the paragraph on experience: what the applicant has done that the posting asks for',
  interest: 'the paragraph on why this company, from the facts',
  closing: 'the closing sentence, “Yours sincerely,” and the name',
}

const rules =
  'You write one part of a cover letter at a time. Sober, short, first person. Use nothing that is not in the material; invent nothing. ' +
  'Answer with the text of that part and nothing else.'

function messagesFor(part: Part, { posting, facts, before }: Writing): OpenAI.ChatCompletionMessageParam[] {
  const material = JSON.stringify({ posting, applicant, facts }, null, 1)
  const question = `Material:\n${material}\n\nThe letter so far:\n${before.join('\n\n')}\n\nWrite ${wanted[part]}.`
  return [
    { role: 'system', content: rules },
    { role: 'user', content: question },
  ]
}

/** What another try cannot mend is not tried again. */
function asFailure(error: unknown, host: string): unknown {
  if (error instanceof TooLong)
    return doNotRetry(
      `The writer at ${host} finds no end: a paragraph has at most ${longest.characters} characters, or ${longest.tokens} tokens`,
    )
  if (error instanceof APIConnectionError) return retryLater(2_000, `The writer at ${host} does not answer`)
  if (!(error instanceof APIError) || error.status === undefined)
    return retryLater(1_000, `The writer at ${host} stopped: ${error instanceof Error ? error.message : error}`)
  const sentence = `The writer at ${host} says ${error.message}`
  const after = error.headers?.get('retry-after')
  if (error.status !== 429 && error.status < 500) return doNotRetry(sentence)
  if (error.status >= 500 || !after) return retryLater(waitMsOf(after), sentence)
  // Who says when to come again has not failed: the job makes room until then, and none of its tries is spent.
  console.error(sentence)
  return snooze(waitMsOf(after))
}

/** From `retry-after`, which says seconds or a date: ten minutes at most, five seconds where it says nothing. */
export function waitMsOf(after: string | null | undefined): number {
  const ms = Number(after) * 1_000 || Date.parse(after ?? '') - Date.now()
  return ms > 0 ? Math.min(ms, 600_000) : 5_000
}
