// What the environment says: who writes, and how long silence may be. Jobs are told who writes, and read none of it.
import { HoldfastError } from 'holdfast'
import { z } from 'zod'

export type WriterSettings =
  | { type: 'ngram'; wordsPerSecond: number }
  | { type: 'chat'; url: string; model: string; key: string; answerMs: number; firstPauseMs: number; longestWaitMs: number }

export interface Settings {
  writer: WriterSettings
  /** No chapter for so long: the pages say so. */
  silentMs: number
  /** The same before the first sign of life. */
  firstSignMs: number
  /** No chapter for so long: given up, and the way is free for a new start. */
  giveUpMs: number
  memoryBytes: number
  /** Books that are written side by side. */
  atOnce: number
}

const number = (wanted: string) => z.coerce.number({ error: wanted }).positive(wanted)
const seconds = number('a number of seconds, more than 0').transform((value) => Math.ceil(value * 1000))

const variables = z.object({
  OPENAI_BASE_URL: z.url({ protocol: /^https?$/, error: 'an address such as http://127.0.0.1:8080/v1' }).optional(),
  OPENAI_MODEL: z.string().optional(),
  OPENAI_API_KEY: z.string().default(''),
  BOOKAPP_ANSWER_SECONDS: seconds.default(120_000),
  BOOKAPP_PAUSE_SECONDS: seconds.default(1_000),
  BOOKAPP_WAIT_SECONDS: seconds.default(60_000),
  BOOKAPP_WORDS_PER_SECOND: number('a number of words, more than 0').default(600),
  BOOKAPP_SILENCE_SECONDS: seconds.default(15 * 60_000),
  BOOKAPP_FIRST_SIGN_SECONDS: seconds.default(2 * 3_600_000),
  BOOKAPP_GIVE_UP_SECONDS: seconds.default(30 * 60_000),
  BOOKAPP_AT_ONCE: number('a whole number of books, 1 or more').int('a whole number of books, 1 or more').default(2),
  BOOKAPP_MEMORY_MB: number('a number of megabytes, more than 0').default(1_024),
})

/** @throws HoldfastError naming the variable that is wrong */
export function settingsFrom(environment: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const checked = variables.safeParse(given)
  if (!checked.success) {
    const [{ path: [name = ''] = [], message } = {}] = checked.error.issues
    throw new HoldfastError('invalid_config', `${String(name)} is “${given[String(name)]}”, and has to be ${message}.`)
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

/** Both or neither: a key that happens to be in the environment is no reason to send anybody's words away. */
function writerFrom(of: z.infer<typeof variables>): WriterSettings {
  const { OPENAI_BASE_URL: url, OPENAI_MODEL: model } = of
  if (url === undefined && model === undefined) return { type: 'ngram', wordsPerSecond: of.BOOKAPP_WORDS_PER_SECOND }
  if (url === undefined || model === undefined)
    throw new HoldfastError(
      'invalid_config',
      `${url === undefined ? 'OPENAI_BASE_URL' : 'OPENAI_MODEL'} has to be given too: both name the writer.`,
    )
  const times = { answerMs: of.BOOKAPP_ANSWER_SECONDS, firstPauseMs: of.BOOKAPP_PAUSE_SECONDS, longestWaitMs: of.BOOKAPP_WAIT_SECONDS }
  return { type: 'chat', url, model, key: of.OPENAI_API_KEY, ...times }
}
