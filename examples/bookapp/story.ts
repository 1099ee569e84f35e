// What is asked of the writer for each phase, and how its answers are read. A prompt is all that a model knows of the book.
import type { JobContext } from 'holdfast/job'
import type { BookOrder } from './order.ts'
import { linesOf, type Order, type Writer } from './writer/writer.ts'

export interface Plan {
  blueprint: { name: string; blueprint: string }
  events: string[]
  titles: string[]
}

/** Asks for parts of book `number` of an order. */
export function askFor(writer: Writer, job: JobContext<BookOrder>, number: number) {
  const { title, premise, chapters, words, books, seed, id } = job.input
  const work = books === 1 ? `the novel “${title}”` : `book ${number} of ${books} of the series “${title}”`
  const about = premise === '' ? '' : ` It is about this: ${premise}`
  const ask = (part: string, order: Omit<Order, 'seed'>, onText?: (soFar: string) => void) =>
    writer.write({ ...order, seed: `${seed || id}/${number}/${part}` }, listening(job, onText))
  return {
    async blueprint(): Promise<Plan['blueprint']> {
      const instructions = `Write the blueprint of ${work}: its world, its people, what they want and what stands in their way, in one paragraph of 80 words.${about}`
      const blueprint = linesOf(await ask('blueprint', { instructions, lines: 1, words: 60 }), 1).join('')
      if (books === 1) return { name: title, blueprint }
      const name = await ask('name', {
        instructions: `Write the title of ${work}, at most five words.\n\n${blueprint}`,
        lines: 1,
        words: 5,
      })
      return { name: linesOf(name, 1).join(''), blueprint }
    },
    async events(blueprint: string): Promise<string[]> {
      const instructions = `Write what happens in ${work}: ${chapters} events in their order, one sentence a line.\n\n${blueprint}`
      return linesOf(await ask('events', { instructions, lines: chapters, words: 18 }), chapters)
    },
    async titles(events: readonly string[]): Promise<string[]> {
      const instructions = `Each line is what happens in a chapter of ${work}. Write a title for each, two to five words, one a line.\n\n${events.join('\n')}`
      return linesOf(await ask('titles', { instructions, lines: chapters, words: 5 }), chapters)
    },
    chapter({ plan, chapter, before }: { plan: Plan; chapter: number; before: string }): Promise<string> {
      const instructions = chapterPrompt({
        work,
        title: plan.titles[chapter - 1] ?? '',
        event: plan.events[chapter - 1] ?? '',
        words,
        blueprint: plan.blueprint.blueprint,
        before,
      })
      return ask(`chapter ${chapter}`, { instructions, lines: null, words }, (soFar) =>
        job.progress({ done: chapter - 1, total: chapters, unit: 'chapters', message: soFarOf(chapter, soFar) }),
      )
    },
  }
}

export interface ChapterPrompt {
  work: string
  title: string
  event: string
  words: number
  blueprint: string
  /** The chapter before it, of which the end is told. */
  before: string
}

export function chapterPrompt({ work, title, event, words, blueprint, before }: ChapterPrompt): string {
  const end = before === '' ? '' : `\n\nThe chapter before it ends so: …${before.slice(-600)}`
  return `Write the chapter “${title}” of ${work}, about ${words} words. In it: ${event}\n\nThe book: ${blueprint}${end}`
}

export const soFarOf = (chapter: number, text: string): string => `chapter ${chapter}, ${text.split(/\s+/).length} words so far`

export function listening(job: JobContext<unknown>, onText?: (soFar: string) => void) {
  return { signal: job.signal, onTrouble: (line: string) => job.log(`warning: ${line}`), ...(onText === undefined ? {} : { onText }) }
}
