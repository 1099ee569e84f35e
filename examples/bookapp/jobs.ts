// The three kinds of long work: what each is called, takes and publishes, and what becomes of one that is silent. Every book is an artifact of its own.
import { defineJob, type JobOptions } from 'holdfast'
import { z } from 'zod'
import { artifactOf } from './book.ts'
import { faultOf } from './output/book-folder.ts'
import { type Settings, writerEnvironment } from './settings.ts'

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

const bookId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,80}$/)

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
  /** Where chapters are kept until the book is published. */
  drafts: z.string(),
})
export type BookOrder = z.infer<typeof orderSchema>

export const rewriteSchema = z.object({ book: bookId, chapter: whole(1, 40), wish: z.string().trim().max(2_000).default('') })
export type Rewrite = z.infer<typeof rewriteSchema>

export const regenerateSchema = z.object({ book: bookId })

/** The books of an order: itself, or the parts of the series. */
export function bookIdsOf({ id, books }: Pick<BookOrder, 'id' | 'books'>): string[] {
  return books === 1 ? [id] : Array.from({ length: books }, (_, index) => `${id}-b${index + 1}`)
}

export type Kinds = ReturnType<typeof defineKinds>

export function defineKinds(settings: Settings) {
  const common = {
    output: 'merged',
    // A chapter that is saved is the sign of life. A model that babbles on for ever gives none.
    heartbeats: 'explicit',
    stallAfterMs: settings.silentMs,
    firstHeartbeatWithinMs: settings.firstSignMs,
    onStall: 'cancel',
    stallLimitMs: settings.giveUpMs,
    limits: { memoryBytes: settings.memoryBytes },
    stopGraceMs: 3_000,
    validate: faultOf,
  } as const satisfies Partial<JobOptions<unknown>>
  const environment = writerEnvironment(settings)
  return {
    generate: defineJob({
      ...common,
      kind: 'generate-book',
      title: 'Write a book',
      description: 'Blueprint, events, chapter plan, then chapter by chapter.',
      input: orderSchema,
      module: new URL('./generate-book.ts', import.meta.url),
      environment,
      queue: 'writing',
      unique: ({ id }) => id,
      locks: (order) => bookIdsOf(order).map(lockOf),
      artifacts: (order) => bookIdsOf(order).map(artifactOf),
    }),
    rewrite: defineJob({
      ...common,
      kind: 'rewrite-chapter',
      title: 'Rewrite a chapter',
      description: 'One chapter anew; the others stay to the letter.',
      input: rewriteSchema,
      module: new URL('./rewrite-chapter.ts', import.meta.url),
      environment,
      queue: 'writing',
      unique: ({ book }) => book,
      locks: ({ book }) => [lockOf(book)],
      artifacts: ({ book }) => [artifactOf(book)],
      from: 'current',
    }),
    regenerate: defineJob({
      ...common,
      kind: 'regenerate-artifacts',
      title: 'Make the files again',
      description: 'Markdown, EPUB and cover from the chapters as they are.',
      input: regenerateSchema,
      module: new URL('./regenerate-artifacts.ts', import.meta.url),
      unique: ({ book }) => book,
      locks: ({ book }) => [lockOf(book)],
      artifacts: ({ book }) => [artifactOf(book)],
      from: 'current',
    }),
  }
}

/** Only one job at a time changes a book, of whatever kind. */
const lockOf = (book: string): string => `book:${book}`
