// What the writer is asked for each phase, and how its answers are read. A prompt is all that a model knows of the book.
import type { JobContext } from 'holdfast/job'
import { type Book, wordsIn } from './book.ts'
import type { BookOrder } from './order.ts'
import { linesOf, type Writer } from './writer/writer.ts'

/** Plans book `number` of an order, part by part. The events and the titles are of its chapters. */
export function planner(writer: Writer, job: JobContext<BookOrder>, number: number) {
  const { title, premise, chapters, books, seed, id } = job.input
  const work = books === 1 ? `the novel “${title}”` : `book ${number} of ${books} of the series “${title}”`
  const ask = async (part: string, instructions: string, { lines, words }: { lines: number; words: number }) => {
    for (let time = 1; ; time++) {
      // Another seed each time: who counts wrong counts wrong again when all is the same.
      const order = { instructions, lines, words, seed: `${seed || id}/${number}/${part}/${time}` }
      const found = linesOf(await writer.write(order, listening(job)))
      if (found.length >= lines) return found.slice(0, lines)
      const fault = `the writer gave ${found.length} of ${lines} lines`
      if (time === 3) throw new Error(fault)
      job.log(`warning: ${fault}; asking again, ${time} of 2`)
    }
  }
  return {
    async blueprint() {
      const about = premise === '' ? '' : ` It is about this: ${premise}`
      const instructions = `Write the blueprint of ${work}: its world, its people, what they want and what stands in their way, in one paragraph of 80 words.${about}`
      const [blueprint = ''] = await ask('blueprint', instructions, { lines: 1, words: 60 })
      if (books === 1) return { blueprint, name: title }
      const [name = ''] = await ask('name', `Write the title of ${work}, at most five words.\n\n${blueprint}`, { lines: 1, words: 5 })
      return { blueprint, name }
    },
    async events(blueprint: string) {
      const instructions = `Write what happens in ${work}: ${chapters} events in their order, one sentence a line.\n\n${blueprint}`
      return await ask('events', instructions, { lines: chapters, words: 18 })
    },
    async titles(events: readonly string[]) {
      const instructions = `Each line is what happens in a chapter of ${work}. Write a title for each, two to five words, one a line.\n\n${events.join('\n')}`
      return await ask('titles', instructions, { lines: chapters, words: 5 })
    },
  }
}

export interface ChapterOrder {
  /** As far as it is planned. */
  book: Book
  /** From 1. */
  chapter: number
  /** The chapter before it, of which the end is told. */
  before: string
  seed: string
  /** Of the chapters that the job writes. */
  place?: { done: number; total: number }
  /** What should be different this time. */
  wish?: string
}

/** Tells on the way how many words there are, a few times a second: counting all of them for each piece would take ever longer. */
export function writtenChapter(writer: Writer, job: JobContext<unknown>, order: ChapterOrder): Promise<string> {
  const { book, chapter, before, seed, place = { done: 0, total: 1 }, wish = '' } = order
  const { title, series, blueprint, events, chapters, words } = book
  const work = series === null ? `“${title}”` : `“${title}”, book ${series.number} of ${series.of} of the series “${series.title}”`
  const instructions = [
    `Write the chapter “${chapters[chapter - 1]?.title}” of ${work}, about ${words} words. In it: ${events[chapter - 1]}`,
    `The book: ${blueprint}`,
    ...(before === '' ? [] : [`The chapter before it ends so: …${before.slice(-600)}`]),
    ...(wish === '' ? [] : [`This time: ${wish}`]),
  ].join('\n\n')
  let nextAt = 0
  const onText = (soFar: string) => {
    if (performance.now() < nextAt) return
    nextAt = performance.now() + 250
    job.progress({ ...place, unit: 'chapters', message: `chapter ${chapter}, ${wordsIn(soFar)} words so far` })
  }
  return writer.write({ instructions, lines: null, words, seed }, { ...listening(job), onText })
}

const listening = (job: JobContext<unknown>) => ({ signal: job.signal, onTrouble: (line: string) => job.log(`warning: ${line}`) })
