// The three kinds of long work: what each is called, takes and publishes, and what becomes of one that is silent. Every book is an artifact of its own.
import { defineJob, type JobOptions } from 'holdfast'
import { z } from 'zod'
import { artifactOf, bookIdsOf } from './book.ts'
import { bookId, orderSchema, rewriteSchema } from './order.ts'
import { faultOf } from './output/assemble.ts'
import type { Settings } from './settings.ts'

/** `drafts`: folder in which chapters are kept until their book is published. */
export function defineKinds(settings: Settings, drafts: string, isPublished: (book: string) => Promise<boolean>) {
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
    environment: { BOOKAPP_WRITER: JSON.stringify(settings.writer), BOOKAPP_DRAFTS: drafts },
  } as const satisfies Partial<JobOptions<unknown>>
  // What is not there is refused before it is a job, and before the shelf has a place for it.
  const book = bookId.refine(isPublished, 'there is no such book, or not yet')
  /** They begin with a copy of the published book; only one job at a time changes it, of whatever kind. */
  const ofOneBook = {
    ...common,
    unique: ({ book }: { book: string }) => book,
    locks: ({ book }: { book: string }) => [lockOf(book)],
    artifacts: ({ book }: { book: string }) => [artifactOf(book)],
    from: 'current',
  } as const
  return {
    generate: defineJob({
      ...common,
      kind: 'generate-book',
      title: 'Write a book',
      name: ({ title }) => title,
      description: 'Blueprint, events, chapter plan, then chapter by chapter.',
      input: orderSchema,
      module: new URL('./generate-book.ts', import.meta.url),
      queue: 'writing',
      unique: ({ id }) => id,
      locks: (order) => bookIdsOf(order).map(lockOf),
      artifacts: (order) => bookIdsOf(order).map(artifactOf),
    }),
    rewrite: defineJob({
      ...ofOneBook,
      kind: 'rewrite-chapter',
      title: 'Rewrite a chapter',
      description: 'One chapter anew; the others stay to the letter.',
      input: rewriteSchema.extend({ book }),
      // Another wish is other work: who asks at the same moment is told, and keeps what he wrote.
      uniquePolicy: 'refuse',
      module: new URL('./rewrite-chapter.ts', import.meta.url),
      queue: 'writing',
    }),
    regenerate: defineJob({
      ...ofOneBook,
      kind: 'regenerate-artifacts',
      title: 'Make the files again',
      description: 'Markdown, EPUB and cover from the chapters as they are.',
      input: z.object({ book }),
      module: new URL('./regenerate-artifacts.ts', import.meta.url),
    }),
  }
}

const lockOf = (book: string): string => `book:${book}`
