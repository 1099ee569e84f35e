// What can be asked for, as the form, the API and the jobs' processes know it. Pure.
import { z } from 'zod'

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

export const bookId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,80}$/)

export const orderSchema = z.object({
  /** Names the order and its books; made by the page, so that a form sent twice is one order. */
  id: bookId,
  title: z.string().trim().min(1, 'A title is needed').max(80),
  premise: z.string().trim().max(2_000).default(''),
  chapters: whole(1, 40).default(8),
  words: whole(50, 5_000).default(700),
  /** More than one make a series. */
  books: whole(1, 5).default(1),
  /** The same seed gives the same book, as far as the writer can. */
  seed: z.string().trim().max(80).default(''),
})
export type BookOrder = z.infer<typeof orderSchema>

export const rewriteSchema = z.object({ book: bookId, chapter: whole(1, 40), wish: z.string().trim().max(2_000).default('') })
export type Rewrite = z.infer<typeof rewriteSchema>

export const regenerateSchema = z.object({ book: bookId })

/** The books of an order: itself, or the parts of the series. */
export function bookIdsOf({ id, books }: Pick<BookOrder, 'id' | 'books'>): string[] {
  return books === 1 ? [id] : Array.from({ length: books }, (_, index) => `${id}-b${index + 1}`)
}
