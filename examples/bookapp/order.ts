// What can be asked for, as the form and the API know it; and the sentence for each thing that is wrong with it. Pure.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'

export const bookId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,80}$/, { error: 'This page is too old, or not ours: open the form anew.', abort: true })

/** Least and most of each number, and the most characters of each text. */
export const bounds = { chapters: [1, 40], words: [50, 5_000], books: [1, 5] } as const
export const longest = { title: 80, premise: 2_000, seed: 80, wish: 2_000 } as const

export const orderSchema = z.object({
  /** Names the order and its books; made by the page, so that a form sent twice is one order. */
  id: bookId,
  title: text('Title', longest.title).min(1, 'Title: a book needs one'),
  premise: text('What it is about', longest.premise).default(''),
  chapters: whole('Chapters', bounds.chapters).default(8),
  words: whole('Words a chapter', bounds.words).default(700),
  /** More than one make a series. */
  books: whole('Books', bounds.books).default(1),
  /** The same seed gives the same book, as far as the writer can. */
  seed: text('Seed', longest.seed).default(''),
})
export type BookOrder = z.infer<typeof orderSchema>

export const rewriteSchema = z.object({
  book: bookId,
  chapter: whole('Chapter', bounds.chapters),
  wish: text('What should be different', longest.wish).default(''),
})
export type Rewrite = z.infer<typeof rewriteSchema>

function whole(name: string, [least, most]: readonly [number, number]) {
  const error = `${name}: write a whole number from ${least} to ${most.toLocaleString('en-US')}`
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error })
}

/** A form sends two characters for the end of a line, and a textarea counts one. */
function text(name: string, most: number) {
  return z
    .string({ error: `${name}: write text here` })
    .overwrite((sent) => sent.replaceAll('\r\n', '\n').trim())
    .max(most, `${name}: shorten it to ${most.toLocaleString('en-US')} characters`)
}

/** Twelve hexadecimal digits. */
export const newFormId = (): string => randomUUID().slice(-12)

/** The title is what people see in the address; the form's own number stays in it, so that a form sent twice is one book. */
export function orderId({ title, id }: Pick<BookOrder, 'title' | 'id'>): string {
  const plain = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  return `${plain.slice(0, 48).replace(/^-+|-+$/g, '') || 'book'}-${id.slice(-12)}`
}
