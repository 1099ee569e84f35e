// What the environment says: who writes, and how long silence may be. Jobs are told who writes, and read none of it.
import { HoldfastError } from 'holdfast'
import { z } from 'zod'

const number = (wanted: string) => z.coerce.number({ error: wanted }).positive(wanted)
const time = 'a number of seconds, more than 0 and at most 2,147,483'
/** Longer ones no timer takes. */
const seconds = number(time)
  .max(2_147_483, time)
  .transform((value) => Math.ceil(value * 1000))
const books = 'a whole number of books, 1 or more'

const variables = z
  .object({
    OPENAI_BASE_URL: z.url({ protocol: /^https?$/, error: 'an address such as http://127.0.0.1:8080/v1' }).optional(),
    OPENAI_MODEL: z.string().optional(),
    OPENAI_API_KEY: z.string().default(''),
    /** So long an answer may stand still. */
    BOOKAPP_ANSWER_SECONDS: seconds.default(120_000),
    /** The first pause before the next try; each one after it is twice as long. */
    BOOKAPP_PAUSE_SECONDS: seconds.default(1_000),
    /** A writer that asks for more is not waited for: the job is put back. */
    BOOKAPP_WAIT_SECONDS: seconds.default(60_000),
    BOOKAPP_WORDS_PER_SECOND: number('a number of words, more than 0').default(600),
    /** No chapter for so long: the pages say so. Before the first sign of life it may take longer. */
    BOOKAPP_SILENCE_SECONDS: seconds.default(15 * 60_000),
    BOOKAPP_FIRST_SIGN_SECONDS: seconds.default(2 * 3_600_000),
    /** No chapter for so long: given up, and the way is free for a new start. */
    BOOKAPP_GIVE_UP_SECONDS: seconds.default(30 * 60_000),
    BOOKAPP_AT_ONCE: number(books).int(books).default(2),
    BOOKAPP_MEMORY_MB: number('a number of megabytes, more than 0').default(1_024),
  })
  .refine(({ OPENAI_BASE_URL: url, OPENAI_MODEL: model }) => (url === undefined) === (model === undefined), {
    path: ['OPENAI_MODEL'],
    error: 'given together with OPENAI_BASE_URL: both name the writer',
  })
  .refine(({ BOOKAPP_GIVE_UP_SECONDS: giveUp, BOOKAPP_SILENCE_SECONDS: silence }) => giveUp > silence, {
    path: ['BOOKAPP_GIVE_UP_SECONDS'],
    error: 'more than BOOKAPP_SILENCE_SECONDS',
  })
type Variables = z.infer<typeof variables>

export type Settings = ReturnType<typeof settingsFrom>
export type WriterSettings = ReturnType<typeof writerFrom>

/** @throws HoldfastError naming the variable that is wrong */
export function settingsFrom(environment: NodeJS.ProcessEnv) {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const checked = variables.safeParse(given)
  if (!checked.success) {
    const [{ path: [name = ''] = [], message } = {}] = checked.error.issues
    throw new HoldfastError('invalid_config', `${String(name)} is “${given[String(name)] ?? ''}”, and has to be ${message}.`)
  }
  const of = checked.data
  return {
    writer: writerFrom(of),
    silentMs: of.BOOKAPP_SILENCE_SECONDS,
    firstSignMs: of.BOOKAPP_FIRST_SIGN_SECONDS,
    giveUpMs: of.BOOKAPP_GIVE_UP_SECONDS,
    atOnce: of.BOOKAPP_AT_ONCE,
    memoryBytes: of.BOOKAPP_MEMORY_MB * 1_048_576,
  }
}

/** A key that happens to be in the environment is no reason to send anybody's words away. */
function writerFrom(of: Variables) {
  const { OPENAI_BASE_URL: url, OPENAI_MODEL: model = '' } = of
  if (url === undefined) return { type: 'ngram' as const, wordsPerSecond: of.BOOKAPP_WORDS_PER_SECOND }
  return {
    type: 'chat' as const,
    url: url.replace(/\/+$/, ''),
    model,
    key: of.OPENAI_API_KEY,
    answerMs: of.BOOKAPP_ANSWER_SECONDS,
    firstPauseMs: of.BOOKAPP_PAUSE_SECONDS,
    longestWaitMs: of.BOOKAPP_WAIT_SECONDS,
  }
}
